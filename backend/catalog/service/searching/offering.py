"""Words offered to customers: while they type, and before they do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from backend.catalog.domain.arrangement import HOT_WORDS
from backend.catalog.domain.search.text import fold
from backend.catalog.domain.search_log import WordKind
from backend.catalog.repository.arrangement import ArrangementRepository
from backend.catalog.repository.search.log import SearchLogRepository
from backend.catalog.repository.search.word import SearchWordRepository
from backend.catalog.service.searching.finding import Finding
from backend.catalog.service.zone import SHOP_ZONE
from kit.cache.hot import HotBytes, HotCache
from kit.service.batches import SIZE, until_done
from kit.service.transaction import after_commit, transactional

MOST_OFFERED = 10
MOST_HIDDEN = 200
_MOST_LEARNED = 1000
# Searched at least so often in a week before strangers are shown it.
_OFTEN = 3
_WEEK = timedelta(days=6)
# Where several begin alike: what staff chose, what is searched, then what the shop is made of.
_RANK = {WordKind.ARRANGED: 3, WordKind.SEARCHED: 2, WordKind.CATEGORY: 1, WordKind.BRAND: 0}


class Offering:
    """Suggestions and hot words. What staff hide appears in neither."""

    def __init__(
        self,
        words: SearchWordRepository,
        arrangements: ArrangementRepository,
        log: SearchLogRepository,
        finding: Finding,
        cache: HotCache,
        *,
        keep: timedelta,
    ) -> None:
        self.words = words
        self.arrangements = arrangements
        self.log = log
        self.finding = finding
        self.cache = cache
        self.keep = keep

    def suggestions(self, text: str) -> list[str]:
        """Words that begin with what was typed, then titles of products it finds."""
        typed = fold(text).strip()
        found = self.words.beginning_with(typed) if typed else []
        hidden = {row.folded for row in found if row.kind is WordKind.HIDDEN}
        shown = [row for row in found if row.folded not in hidden and row.kind is not WordKind.HIDDEN]
        shown.sort(key=lambda row: (-_RANK[row.kind], -row.weight, row.folded))
        offered = {row.folded: row.word for row in shown}
        for title in self.finding.titles(text, MOST_OFFERED):
            offered.setdefault(fold(title), title)
        return list(offered.values())[:MOST_OFFERED]

    def hot_words(self) -> HotBytes:
        """The arranged words, filled up with the most searched."""
        return self.cache.get("hot-words", self._read_hot_words)

    def _read_hot_words(self) -> dict[str, Any]:
        hidden = {row.folded for row in self.words.strongest(WordKind.HIDDEN, MOST_HIDDEN)}
        offered: dict[str, str] = {}
        for kind in (WordKind.ARRANGED, WordKind.SEARCHED):
            for row in self.words.strongest(kind, MOST_OFFERED + len(hidden)):
                if row.folded not in hidden:
                    offered.setdefault(row.folded, row.word)
        return {"items": list(offered.values())[:MOST_OFFERED]}

    def arrangement(self) -> dict[str, Any]:
        """What staff have chosen, and its version."""
        return {
            "version": self.arrangements.version_of(HOT_WORDS),
            "arranged": [row.word for row in self.words.strongest(WordKind.ARRANGED, MOST_OFFERED)],
            "hidden": [row.word for row in self.words.strongest(WordKind.HIDDEN, MOST_HIDDEN)],
        }

    @transactional
    def arrange(self, *, arranged: Sequence[str], hidden: Sequence[str], version: int) -> None:
        """Make these all the arranged words, in this order, and all the hidden ones. Raises `StaleVersion`."""
        self.arrangements.change([HOT_WORDS], sent=version)
        for kind, chosen in ((WordKind.ARRANGED, arranged), (WordKind.HIDDEN, hidden)):
            self.words.replace(kind, [(word, len(chosen) - place) for place, word in enumerate(chosen)])
        after_commit(self.cache.forget)

    @transactional
    def learn(self, *, now: datetime) -> None:
        """Brands, categories and the questions of the last seven days become words to offer."""
        since = int((now - _WEEK).astimezone(SHOP_ZONE).strftime("%Y%m%d"))
        searched = self.log.popular(since=since, at_least=_OFTEN, limit=_MOST_LEARNED)
        self.words.replace(WordKind.SEARCHED, searched)
        self.words.replace(WordKind.BRAND, [(brand, 0) for brand in self.words.brands()])
        self.words.replace(WordKind.CATEGORY, [(name, 0) for name in self.words.categories()])
        after_commit(self.cache.forget)

    def sweep(self, *, now: datetime) -> int:
        """Forget old counts; how many."""
        before = int((now - self.keep).astimezone(SHOP_ZONE).strftime("%Y%m%d"))
        return until_done(lambda: self.log.forget_before(before, limit=SIZE))

"""The search index as an inverted table: how a question becomes at most a handful of bounded statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import scoped_session

from backend.catalog.domain.posting import Posting
from backend.catalog.domain.search.document import SearchDocument
from backend.catalog.domain.search.port import Found, Place
from backend.catalog.domain.search.question import Question
from backend.catalog.repository.search_statements import (
    FREQUENT,
    RELAXED,
    TIERS,
    Weighed,
    all_of_them,
    frequencies,
    most_of_them,
    one_of_them,
)
from kit.db.extension import db

_AT_ONCE = 5000
_TOP = 2**62


class SqlSearchIndex:
    """`SearchIndex` over `cat_search_posting`; the same on MySQL, MariaDB and SQLite.

    A question is answered tier by tier: of the products that have its rarest word the strongest 256, then the next
    thousands, and only while a page is not full. Hits are in order of score within a tier. When no product has all
    the words, the strongest of each word are asked for most of them.
    """

    def __init__(self, session: scoped_session[Any] | None = None) -> None:
        self.session: scoped_session[Any] = session or db.session

    def find(self, question: Question, *, limit: int, after: Place | None = None) -> Found:
        if question.is_empty:
            return Found([])
        asked = self._weigh(question)
        if after is not None:
            return self._relaxed(asked, limit, after) if after.tier == RELAXED else self._strict(asked, limit, after)
        found = Found([]) if asked.relaxed else self._strict(asked, limit, None)
        if found:
            return found
        return self._spelled(question, limit) or self._relaxed(asked, limit, None)

    def _weigh(self, question: Question) -> Weighed:
        if len(question.terms) == 1:
            # Nothing to compare it with: what it finds will tell.
            return Weighed.of(question, dict.fromkeys(question.terms, FREQUENT))
        rows = self.session.execute(frequencies(question.terms))
        return Weighed.of(question, {question.terms[row.place]: row.documents for row in rows})

    def _strict(self, asked: Weighed, limit: int, after: Place | None) -> Found:
        hits: list[tuple[int, int, int]] = []
        first = 0 if after is None else after.tier
        for tier in range(first, len(TIERS)):
            place = after if after is not None and after.tier == tier else None
            wanted = limit + 1 - len(hits)
            query = one_of_them if asked.is_single else all_of_them
            rows = self.session.execute(query(asked, tier, wanted, place)).all()
            hits += [(tier, int(row.score), row.product_id) for row in rows]
            if len(hits) > limit or asked.ends_in(tier):
                break
            if hits and 0 < tier < len(TIERS) - 1:
                # Deeper tiers are for those who go on: a page may be shorter than asked for.
                return Found([product_id for _, _, product_id in hits], Place(tier + 1, _TOP, _TOP))
        return _page(hits, limit, relaxed=False)

    def _relaxed(self, asked: Weighed, limit: int, after: Place | None) -> Found:
        query = most_of_them(asked, limit + 1, after)
        if query is None:
            return Found([], relaxed=True)
        rows = self.session.execute(query)
        return _page([(RELAXED, int(row.score), row.product_id) for row in rows], limit, relaxed=True)

    def _spelled(self, question: Question, limit: int) -> Found:
        """One page of products that have every character of it, however the words were cut."""
        spelled = question.by_characters()
        if spelled is None:
            return Found([])
        asked = self._weigh(spelled)
        if asked.relaxed:
            return Found([], relaxed=True)
        return replace(self._strict(asked, limit, None), after=None, relaxed=True)

    def put(self, documents: Sequence[SearchDocument]) -> list[int]:
        wanted, present = self._compare(documents)
        changed = [product_id for product_id, impacts in wanted.items() if impacts != present[product_id]]
        rows = []
        for product_id in changed:
            old, new = present[product_id], wanted[product_id]
            stale = [term for term, impact in old.items() if new.get(term) != impact]
            if stale:
                gone = delete(Posting).where(Posting.product_id == product_id, Posting.term.in_(stale))
                self.session.execute(gone, execution_options={"synchronize_session": False})
            rows += [
                {"term": term, "impact": impact, "product_id": product_id}
                for term, impact in sorted(new.items())
                if old.get(term) != impact
            ]
        # In the order of the clustered index: neighbours are written together, and locks are taken in one order.
        rows.sort(key=lambda row: (row["term"], row["impact"], row["product_id"]))
        for start in range(0, len(rows), _AT_ONCE):
            self.session.execute(insert(Posting), rows[start : start + _AT_ONCE])
        return changed

    def remove(self, product_ids: Sequence[int]) -> None:
        if product_ids:
            gone = delete(Posting).where(Posting.product_id.in_(product_ids))
            self.session.execute(gone, execution_options={"synchronize_session": False})

    def differing(self, documents: Sequence[SearchDocument]) -> list[int]:
        wanted, present = self._compare(documents)
        return [product_id for product_id, impacts in wanted.items() if impacts != present[product_id]]

    def product_ids(self, *, after: int, limit: int) -> list[int]:
        query = select(Posting.product_id).where(Posting.product_id > after).distinct()
        return list(self.session.scalars(query.order_by(Posting.product_id).limit(limit)))

    def _compare(
        self, documents: Sequence[SearchDocument]
    ) -> tuple[dict[int, dict[str, int]], dict[int, dict[str, int]]]:
        """Product id → term → impact: as it should be, and as it is."""
        wanted = {document.product_id: document.impacts() for document in documents}
        present: dict[int, dict[str, int]] = defaultdict(dict)
        query = select(Posting.product_id, Posting.term, Posting.impact).where(Posting.product_id.in_(wanted))
        for row in self.session.execute(query):
            present[row.product_id][row.term] = row.impact
        return wanted, present


def _page(hits: list[tuple[int, int, int]], limit: int, *, relaxed: bool) -> Found:
    kept = hits[:limit]
    after = Place(*kept[-1]) if len(hits) > limit else None
    return Found([product_id for _, _, product_id in kept], after, relaxed)

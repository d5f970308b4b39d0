"""The search index as an inverted table: how a question becomes at most a handful of bounded statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import scoped_session
from sqlalchemy.sql.elements import ColumnElement

from backend.catalog.domain.posting import PackedDocument, Posting
from backend.catalog.domain.search.document import SearchDocument, packed
from backend.catalog.domain.search.port import Found, Place
from backend.catalog.domain.search.question import Question
from backend.catalog.domain.search.weighed import FREQUENT, Weighed
from backend.catalog.repository.search.frequency import SearchFrequencies
from backend.catalog.repository.search.statements import MATCHED, all_of_them, most_of_them, one_of_them
from kit.db.extension import db

# Which stretch of the rarest word's products a tier looks at: (skip, take). Counts of products are rounded down to
# powers of two, so tiers begin at such.
TIERS = ((0, 256), (256, 768), (1024, 512))
RELAXED = len(TIERS)
_MOST_RELAXED = 128
_AT_ONCE = 5000
_TOP = 2**62

Impacts = dict[int, dict[str, int]]
"""Product id → term → impact."""


class SqlSearchIndex:
    """`SearchIndex` over `cat_search_posting`; the same on MySQL, MariaDB and SQLite.

    A question is answered tier by tier: of the products that have its rarest word the strongest 256, then the next
    768 and the next 512, and only while a page is not full. Hits are in order of score within a tier. Behind
    them, and alone when no product has all the words, come those of the strongest of each word that have most of
    them. When there are none either, the question asks for more than the shop has words for, and is guessed at.
    """

    def __init__(self, session: scoped_session[Any] | None = None) -> None:
        self.session: scoped_session[Any] = session or db.session
        self.frequencies = SearchFrequencies(self.session)

    def find(self, question: Question, *, limit: int, after: Place | None = None, exact: bool = False) -> Found:
        if question.is_empty:
            return Found([])
        asked = self._weigh(question)
        if after is not None and after.tier == RELAXED:
            return self._relaxed(asked, limit, after)
        found = Found([]) if asked.relaxed else self._strict(asked, limit, after)
        if exact:
            return found
        if found or after is not None:
            return self._with_loose(asked, found, limit)
        return (
            self._spelled(question, limit)
            or self._relaxed(asked, limit, None)
            or self._in_pieces(question, asked, limit)
            or self._by_name(question, limit)
        )

    def _weigh(self, question: Question) -> Weighed:
        if len(question.terms) == 1:
            # Nothing to compare it with: what it finds will tell.
            return Weighed.of(question, dict.fromkeys(question.terms, FREQUENT))
        return Weighed.of(question, self.frequencies.of(question.terms))

    def _strict(self, asked: Weighed, limit: int, after: Place | None) -> Found:
        hits: list[tuple[int, int, int]] = []
        first = 0 if after is None else after.tier
        for tier in range(first, len(TIERS)):
            place = after if after is not None and after.tier == tier else None
            hits += self._tier(asked, tier, limit + 1 - len(hits), place)
            if len(hits) > limit or _ends_in(tier, asked):
                break
            if hits and 0 < tier < len(TIERS) - 1:
                # Deeper tiers are for those who go on: a page may be shorter than asked for.
                return Found([product_id for _, _, product_id in hits], Place(tier + 1, _TOP, _TOP))
        return _page(hits, limit, relaxed=False)

    def _with_loose(self, asked: Weighed, found: Found, limit: int) -> Found:
        """The end of the strict answer goes on with products that have most of the words, but not all."""
        if found.after is not None or len(asked.required) == 1:
            return found
        behind_all = Place(RELAXED, asked.worth * MATCHED, 0)
        if len(found.product_ids) == limit:
            return replace(found, after=behind_all)
        loose = self._relaxed(asked, limit - len(found.product_ids), behind_all)
        if not found:
            return loose
        return replace(found, product_ids=[*found.product_ids, *loose.product_ids], after=loose.after)

    def _tier(self, asked: Weighed, tier: int, limit: int, after: Place | None) -> list[tuple[int, int, int]]:
        words = (*asked.required, *asked.helpful)
        if asked.is_single:
            statement = one_of_them(behind=after is not None)
        else:
            statement = all_of_them(len(asked.required), len(words), behind=after is not None)
        skip, take = TIERS[tier]
        values = asked.values(words) | {"skip": skip, "take": take, "candidates": take} | _bounds(limit, after)
        return [(tier, int(row.score), row.product_id) for row in self.session.execute(statement, values)]

    def _relaxed(self, asked: Weighed, limit: int, after: Place | None) -> Found:
        known = asked.known
        if not known or sum(asked.weights[term] for term in known) < asked.needed:
            return Found([], relaxed=True)
        words = (*known, *asked.helpful)
        take = _MOST_RELAXED // len(known)
        values = asked.values(words) | {"take": take, "candidates": _MOST_RELAXED, "needed": asked.needed}
        statement = most_of_them(len(known), len(words), behind=after is not None)
        rows = self.session.execute(statement, values | _bounds(limit + 1, after))
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

    def _in_pieces(self, question: Question, asked: Weighed, limit: int) -> Found:
        """One page of products that have most of what the words are made of that no product has."""
        # A single word was not counted: it found nothing.
        single = len(question.terms) == 1
        pieces = question.in_pieces([word for word in question.required if single or not asked.documents[word]])
        if pieces == question:
            return Found([])
        return replace(self._relaxed(self._weigh(pieces), limit, None), after=None, guessed=True)

    def _by_name(self, question: Question, limit: int) -> Found:
        """One page of products that are what the last word names."""
        named = question.by_name()
        hits = self._tier(self._weigh(named), 0, limit, None) if named is not None else []
        return replace(_page(hits, limit, relaxed=True), after=None, guessed=True)

    def put(self, documents: Sequence[SearchDocument]) -> list[int]:
        wanted, present, changed = self._compare(documents)
        rows = []
        for product_id in changed:
            old, new = present[product_id], wanted[product_id]
            stale = [term for term, impact in old.items() if new.get(term) != impact]
            if stale:
                self._delete(Posting, Posting.product_id == product_id, Posting.term.in_(stale))
            rows += [
                {"term": term, "impact": impact, "product_id": product_id}
                for term, impact in sorted(new.items())
                if old.get(term) != impact
            ]
        # In the order of the clustered index: neighbours are written together, and locks are taken in one order.
        rows.sort(key=lambda row: (row["term"], row["impact"], row["product_id"]))
        for start in range(0, len(rows), _AT_ONCE):
            self.session.execute(insert(Posting), rows[start : start + _AT_ONCE])
        if changed:
            self._delete(PackedDocument, PackedDocument.product_id.in_(changed))
            whole = [{"product_id": product_id, "terms": packed(wanted[product_id])} for product_id in sorted(changed)]
            self.session.execute(insert(PackedDocument), whole)
        return changed

    def remove(self, product_ids: Sequence[int]) -> None:
        if product_ids:
            self._delete(Posting, Posting.product_id.in_(product_ids))
            self._delete(PackedDocument, PackedDocument.product_id.in_(product_ids))

    def differing(self, documents: Sequence[SearchDocument]) -> list[int]:
        return self._compare(documents)[2]

    def product_ids(self, *, after: int, limit: int) -> list[int]:
        query = select(Posting.product_id).where(Posting.product_id > after).distinct()
        return list(self.session.scalars(query.order_by(Posting.product_id).limit(limit)))

    def _compare(self, documents: Sequence[SearchDocument]) -> tuple[Impacts, Impacts, list[int]]:
        """The impacts as they should be, as the postings have them, and the products for which anything differs."""
        wanted = {document.product_id: document.impacts() for document in documents}
        present: Impacts = defaultdict(dict)
        postings = select(Posting.product_id, Posting.term, Posting.impact).where(Posting.product_id.in_(wanted))
        for row in self.session.execute(postings):
            present[row.product_id][row.term] = row.impact
        columns = (PackedDocument.product_id, PackedDocument.terms)
        whole = {
            row.product_id: row.terms for row in self.session.execute(select(*columns).where(columns[0].in_(wanted)))
        }
        changed = [
            product_id
            for product_id, impacts in wanted.items()
            if impacts != present[product_id] or packed(impacts) != whole.get(product_id)
        ]
        return wanted, present, changed

    def _delete(self, table: type[Posting | PackedDocument], *which: ColumnElement[bool]) -> None:
        self.session.execute(delete(table).where(*which), execution_options={"synchronize_session": False})


def _ends_in(tier: int, asked: Weighed) -> bool:
    """The rarest word has no products behind this tier; a single word's only tier has them all."""
    return asked.is_single or asked.documents[asked.required[0]] < sum(TIERS[tier])


def _bounds(limit: int, after: Place | None) -> dict[str, int]:
    behind = {} if after is None else {"after_score": after.score, "after_id": after.product_id}
    return {"limit": limit, **behind}


def _page(hits: list[tuple[int, int, int]], limit: int, *, relaxed: bool) -> Found:
    kept = hits[:limit]
    after = Place(*kept[-1]) if len(hits) > limit else None
    return Found([product_id for _, _, product_id in kept], after, relaxed)

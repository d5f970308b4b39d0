"""The statements of the search index. Each reads a bounded number of rows, whatever the size of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, case, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from backend.catalog.domain.posting import Posting
from backend.catalog.domain.search.port import Place
from backend.catalog.domain.search.question import Question

Statement = Select[*tuple[Any, ...]]

# Which stretch of the rarest word's products a tier looks at: (skip, take).
TIERS = ((0, 256), (256, 1024), (1280, 4096))
RELAXED = len(TIERS)
FREQUENT = 512
"""Words that more products have than this count as equally frequent: counting on would cost and tell nothing."""
_MOST_RELAXED = 512


@dataclass(frozen=True)
class Weighed:
    """A question whose words are counted. `required` is rarest first; `rarity` 1 (everywhere) to 10 (one product)."""

    required: tuple[str, ...]
    helpful: tuple[str, ...]
    rarity: Mapping[str, int]
    documents: Mapping[str, int]
    heads: frozenset[str] = frozenset()

    @classmethod
    def of(cls, question: Question, documents: Mapping[str, int]) -> Weighed:
        """A code that exists is the whole question: nobody types one by chance."""
        if question.code is not None and documents[question.code]:
            question = Question(question.folded, (question.code,))
        required = tuple(sorted(question.required, key=lambda term: (documents[term], -len(term), term)))
        helpful = tuple(term for term in question.helpful if documents[term])
        rarity = {term: max(1, 11 - count.bit_length()) for term, count in documents.items()}
        return cls(required, helpful, rarity, documents, question.heads)

    @property
    def relaxed(self) -> bool:
        """No product has the rarest word: none has them all."""
        return not self.required or self.documents[self.required[0]] == 0

    @property
    def is_single(self) -> bool:
        """The order of one word's postings is the order of the answer."""
        return len(self.required) == 1 and not self.helpful

    def ends_in(self, tier: int) -> bool:
        """The rarest word has no products behind this tier; a single word's only tier has them all."""
        skip, take = TIERS[tier]
        return self.is_single or self.documents[self.required[0]] < min(FREQUENT, skip + take)


def frequencies(terms: Sequence[str]) -> Any:
    """(place of the term, number of products that have it, at most `FREQUENT`)."""
    counts = []
    for place, term in enumerate(terms):
        some = select(Posting.product_id).where(Posting.term == term).limit(FREQUENT).subquery()
        counts.append(select(literal(place).label("place"), func.count().label("documents")).select_from(some))
    return union_all(*counts) if len(counts) > 1 else counts[0]


def one_of_them(asked: Weighed, _tier: int, limit: int, after: Place | None) -> Statement:
    """The postings of a single term, read off the index from its strong end."""
    query = select(Posting.product_id, Posting.impact.label("score")).where(Posting.term == asked.required[0])
    if after is not None:
        query = query.where(_behind(Posting.impact, Posting.product_id, after))
    return query.order_by(Posting.impact.desc(), Posting.product_id.desc()).limit(limit)


def all_of_them(asked: Weighed, tier: int, limit: int, after: Place | None) -> Statement:
    """Of a stretch of the rarest word's products those that have every word, by score."""
    rarest, *others = asked.required
    start = _strongest(rarest, *TIERS[tier]).subquery()
    score: ColumnElement[int] = start.c.impact * asked.rarity[rarest]
    query = select(start.c.product_id)
    for term in others:
        other = aliased(Posting)
        query = query.join(other, and_(other.product_id == start.c.product_id, other.term == term))
        score += other.impact * asked.rarity[term]
    for term in asked.helpful:
        bonus = aliased(Posting)
        query = query.outerjoin(bonus, and_(bonus.product_id == start.c.product_id, bonus.term == term))
        score += func.coalesce(bonus.impact, 0) * asked.rarity[term]
    query = query.add_columns(score.label("score"))
    if after is not None:
        query = query.where(_behind(score, start.c.product_id, after))
    return query.order_by(score.desc(), start.c.product_id.desc()).limit(limit)


def most_of_them(asked: Weighed, limit: int, after: Place | None) -> Statement | None:
    """Of the strongest products of each word those that have most of the words; None when no word is anywhere.

    A word weighs two, so does what names the thing, another character one: 箱 is half of 行李箱, 行 is not.
    Having more words beats every score.
    """
    known = [term for term in asked.required if asked.documents[term]]
    if not known:
        return None
    weights = {term: 2 if len(term) > 1 or term in asked.heads else 1 for term in asked.required}
    needed = (sum(weights.values()) + 1) // 2
    if sum(weights[term] for term in known) < needed:
        return None
    each = _MOST_RELAXED // len(known)
    starts = [select(_strongest(term, 0, each).subquery().c.product_id) for term in known]
    start = union_all(*starts).subquery() if len(starts) > 1 else starts[0].subquery()
    candidates = select(start.c.product_id).distinct().subquery()
    posting = aliased(Posting)
    matched = func.sum(case(weights, value=posting.term, else_=0))
    rarity = {term: asked.rarity[term] for term in (*known, *asked.helpful)}
    # Twelve words of the highest impact at the highest rarity stay below the step.
    score = matched * 100_000_000 + func.sum(posting.impact * case(rarity, value=posting.term, else_=0))
    query = (
        select(candidates.c.product_id, score.label("score"))
        .join(posting, and_(posting.product_id == candidates.c.product_id, posting.term.in_(rarity)))
        .group_by(candidates.c.product_id)
        .having(matched >= needed)
    )
    if after is not None:
        query = query.having(_behind(score, candidates.c.product_id, after))
    return query.order_by(score.desc(), candidates.c.product_id.desc()).limit(limit)


def _strongest(term: str, skip: int, take: int) -> Statement:
    postings = select(Posting.product_id, Posting.impact).where(Posting.term == term)
    return postings.order_by(Posting.impact.desc(), Posting.product_id.desc()).offset(skip).limit(take)


def _behind(score: Any, product_id: Any, after: Place) -> ColumnElement[bool]:
    return or_(score < after.score, and_(score == after.score, product_id < after.product_id))

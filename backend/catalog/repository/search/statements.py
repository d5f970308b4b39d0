"""The statements of the search index. Each reads a bounded number of rows, whatever the size of the catalogue.

A statement is made once for each number of words and kept: putting it together costs more than the database takes to
answer it. Words are numbered, the rarest required one first, those that only help last; their values come when it
runs (`Weighed.values`).
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from functools import cache, reduce
from typing import Any

from sqlalchemy import (
    Integer,
    LargeBinary,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.sql.elements import ColumnElement

from backend.catalog.domain.posting import PackedDocument, Posting
from backend.catalog.domain.search.document import DIGITS

Statement = Select[*tuple[Any, ...]]

# The mapped classes would have every row pass through the ORM, which nothing here needs.
_POSTINGS, _DOCUMENTS = Posting.__table__, PackedDocument.__table__
MATCHED = 100_000_000
"""What having another word is worth: twelve words of the highest impact at the highest rarity stay below it."""


@cache
def frequencies(words: int) -> Any:
    """(place of the word, number of products that have it, at most `:most`)."""
    counts = []
    for place in range(words):
        some = select(_POSTINGS.c.product_id).where(_is_word(place)).limit(_number("most")).subquery()
        counts.append(select(literal(place).label("place"), func.count().label("documents")).select_from(some))
    return union_all(*counts) if words > 1 else counts[0]


@cache
def one_of_them(*, behind: bool) -> Statement:
    """The postings of a single word, read off the index from its strong end."""
    posting = _POSTINGS.c
    query = select(posting.product_id, posting.impact.label("score")).where(_is_word(0))
    return _page(query, posting.impact, posting.product_id, behind)


@cache
def all_of_them(required: int, words: int, *, behind: bool) -> Statement:
    """Of a stretch of the rarest word's products (`:skip`, `:take`) those that have every required word, by score."""
    start = _strongest(0, _number("skip"), _number("take")).subquery()
    score: ColumnElement[int] = start.c.impact * _number("rarity_0")
    query = select(start.c.product_id).join(_DOCUMENTS, _DOCUMENTS.c.product_id == start.c.product_id)
    for place in range(1, words):
        if place < required:
            query = query.where(_found_at(place) > 0)
        score += (_impact(place) if place < required else _impact_or_0(place)) * _number(f"rarity_{place}")
    found = _worked_out(query.add_columns(score.label("score")))
    return _page(select(found.c.product_id, found.c.score), found.c.score, found.c.product_id, behind)


@cache
def most_of_them(known: int, words: int, *, behind: bool) -> Statement:
    """Of the `:take` strongest products of each of the `known` words those that have words worth `:needed`, by score.

    Having more words beats every score.
    """
    starts = [select(_strongest(place, literal(0), _number("take")).subquery().c.product_id) for place in range(known)]
    start = union(*starts).subquery() if known > 1 else starts[0].subquery()
    query = select(start.c.product_id).join(_DOCUMENTS, _DOCUMENTS.c.product_id == start.c.product_id)
    worth = [case((_found_at(place) > 0, _number(f"weight_{place}")), else_=0) for place in range(known)]
    impacts = [_impact_or_0(place) * _number(f"rarity_{place}") for place in range(words)]
    found = _worked_out(query.add_columns(_sum(worth).label("worth"), _sum(impacts).label("impact")))
    score = found.c.worth * MATCHED + found.c.impact
    query = select(found.c.product_id, score.label("score")).where(found.c.worth >= _number("needed"))
    return _page(query, score, found.c.product_id, behind)


def _worked_out(query: Statement) -> Subquery:
    """The rows of a query with their numbers: the limit, which cuts nothing off, has the database keep them as a table.

    It would sort whole documents otherwise, in a file.
    """
    return query.limit(_number("candidates")).subquery()


def _sum(numbers: Sequence[ColumnElement[int]]) -> ColumnElement[int]:
    return reduce(operator.add, numbers)


def _strongest(place: int, skip: Any, take: Any) -> Statement:
    posting = _POSTINGS.c
    postings = select(posting.product_id, posting.impact).where(_is_word(place))
    return postings.order_by(posting.impact.desc(), posting.product_id.desc()).offset(skip).limit(take)


def _page(query: Statement, score: Any, product_id: Any, behind: bool) -> Statement:
    """The best `:limit`, behind (`:after_score`, `:after_id`) where the page before ended."""
    if behind:
        last, last_id = _number("after_score"), _number("after_id")
        query = query.where(or_(score < last, and_(score == last, product_id < last_id)))
    return query.order_by(score.desc(), product_id.desc()).limit(_number("limit"))


def _is_word(place: int) -> ColumnElement[bool]:
    return _POSTINGS.c.term == bindparam(f"term_{place}")


def _found_at(place: int) -> ColumnElement[int]:
    """Where in the document the word stands, 0 for nowhere; MySQL, MariaDB and SQLite agree on it for bytes."""
    return func.instr(_DOCUMENTS.c.terms, bindparam(f"key_{place}", type_=LargeBinary), type_=Integer)


def _impact(place: int) -> ColumnElement[int]:
    """Of a word that the document has."""
    digits = func.substr(_DOCUMENTS.c.terms, _found_at(place) + _number(f"behind_key_{place}"), DIGITS)
    return cast(digits, Integer)


def _impact_or_0(place: int) -> ColumnElement[int]:
    return case((_found_at(place) > 0, _impact(place)), else_=0)


def _number(name: str) -> ColumnElement[int]:
    return bindparam(name, type_=Integer)

"""What staff look for, in the postings of search: products on sale and those that are not, merged page by page."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, Subquery, and_, bindparam, literal, or_, select, union_all
from sqlalchemy.orm import scoped_session
from sqlalchemy.sql.elements import ColumnElement

from backend.catalog.domain.posting import Posting
from backend.catalog.domain.search.document import off_shelf
from backend.catalog.domain.search.port import Listed, Sought, Spot
from backend.catalog.repository.search.frequency import SearchFrequencies
from kit.db.extension import db

WINDOW = 2048
"""So many products of the rarest term are looked at for one page, on either shelf."""
_POSTINGS = Posting.__table__
_BY_PRODUCT = "uq_cat_search_posting_product_id_term"
_Rows = Select[*tuple[Any, ...]]


class SqlStaffIndex:
    """`StaffIndex` over `cat_search_posting`: walks the rarest term, and looks the others up by the product's key."""

    def __init__(self, session: scoped_session[Any] | None = None) -> None:
        self.session: scoped_session[Any] = session or db.session
        self.frequencies = SearchFrequencies(self.session)

    def walk(self, sought: Sought, *, limit: int, after: Spot | None = None) -> Listed:
        shelves = _shelves(sought)
        lead = self._rarest(shelves) if after is None else after.lead
        if lead is None:
            return Listed([])
        values: dict[str, Any] = {"limit": limit + 1, "window": WINDOW, "last": WINDOW - 1}
        if after is not None:
            values |= {"after_impact": after.impact, "after_id": after.product_id}
        for shelf, terms in enumerate(shelves):
            others = (term for place, term in enumerate(terms) if place != lead)
            values |= {f"{shelf}_{place}": term for place, term in enumerate((terms[lead], *others))}
        query = _page(len(shelves), len(sought.terms), behind=after is not None)
        # A product stands before the end of its window.
        rows = sorted(self.session.execute(query, values), reverse=True)
        return _cut([(row.impact, row.product_id, bool(row.found)) for row in rows], limit, lead)

    def _rarest(self, shelves: tuple[tuple[str, ...], ...]) -> int | None:
        """The place of the rarest term, None when nothing has one of them. At most one statement."""
        found = self.frequencies.of([term for terms in shelves for term in terms])
        counts = [sum(found.get(term, 0) for term in same) for same in zip(*shelves, strict=True)]
        return counts.index(min(counts)) if all(counts) else None


def _shelves(sought: Sought) -> tuple[tuple[str, ...], ...]:
    away = tuple(off_shelf(term) for term in sought.terms)
    if sought.on_sale is None:
        return sought.terms, away
    return (sought.terms,) if sought.on_sale else (away,)


def _cut(rows: list[tuple[int, int, bool]], limit: int, lead: int) -> Listed:
    """The page: until it is full, or one shelf was looked through as far as a page goes."""
    ids: list[int] = []
    last: Spot | None = None
    for impact, product_id, found in rows:
        if len(ids) == limit and found:
            return Listed(ids, last)
        last = Spot(lead, impact, product_id)
        if not found:
            return Listed(ids, last)
        ids.append(product_id)
    return Listed(ids)


@cache
def _page(shelves: int, terms: int, *, behind: bool) -> _Rows:
    """(impact, product id, found) of each shelf's first `:limit` products, and of the end of its window: not found."""
    parts: list[_Rows] = []
    for shelf in range(shelves):
        window = _window(shelf, behind)
        if terms == 1:
            # Nothing is passed over: the page ends where it is full.
            parts.append(window.add_columns(literal(1).label("found")).limit(_number("limit")))
            continue
        parts.append(_found(window.limit(_number("window")).subquery(), shelf, terms))
        parts.append(window.add_columns(literal(0).label("found")).offset(_number("last")).limit(1))
    return union_all(*(select(part.subquery()) for part in parts))  # type: ignore[return-value]  # read like any other


def _window(shelf: int, behind: bool) -> _Rows:
    posting = _POSTINGS.c
    query = select(posting.impact, posting.product_id).where(posting.term == bindparam(f"{shelf}_0"))
    if behind:
        impact, product_id = _number("after_impact"), _number("after_id")
        query = query.where(
            or_(posting.impact < impact, and_(posting.impact == impact, posting.product_id < product_id))
        )
    return query.order_by(posting.impact.desc(), posting.product_id.desc())


def _found(window: Subquery, shelf: int, terms: int) -> _Rows:
    query = select(window.c.impact, window.c.product_id, literal(1).label("found"))
    others = [_POSTINGS.alias() for _ in range(1, terms)]
    for place, other in enumerate(others, start=1):
        same = and_(other.c.product_id == window.c.product_id, other.c.term == bindparam(f"{shelf}_{place}"))
        query = query.join(other, same)
    for dialect in ("mysql", "mariadb"):
        # Never all products of the other word: the one row of this product.
        query = query.prefix_with("STRAIGHT_JOIN", dialect=dialect)
        for other in others:
            query = query.with_hint(other, f"FORCE INDEX ({_BY_PRODUCT})", dialect)
    return query.order_by(window.c.impact.desc(), window.c.product_id.desc()).limit(_number("limit"))


def _number(name: str) -> ColumnElement[int]:
    return bindparam(name, type_=Integer)

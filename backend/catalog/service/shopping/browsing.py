"""Finds one page of products on sale: at most two statements, and work that does not grow with the shop (ADR 0018)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Subquery, case, exists, func, select, union_all
from sqlalchemy.orm import aliased, scoped_session

from backend.catalog.domain.brand import Brand
from backend.catalog.domain.category import Category
from backend.catalog.domain.error import BrandNotFound, CategoryNotFound, PriceRangeReversed, TagNotFound
from backend.catalog.domain.listing import EVERYTHING, Facet, FacetKind, Listing, ListOrder
from backend.catalog.domain.product import Product
from backend.catalog.domain.tag import Tag
from kit.db.extension import db
from kit.repository.page import Keyset, Page, PageRequest, fetch_page

# Up to so many matches are gathered and sorted. With more a walk along the order has a page full after fewer rows: a
# page of 20 out of 1,000 matches among 50,000 products takes 1,000 rows either way.
FEW = 1000
# What passes by the price has to be in the other facets too: a walk finds a page later, so more are worth gathering.
FEW_OF_SEVERAL = 2 * FEW
_DIALECTS = ("mysql", "mariadb")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a customer wants to see; prices in fen, both ends included; every tag must be worn.

    `without`: categories whose own products are left out. Raises `PriceRangeReversed`.
    """

    category_id: int | None = None
    brand_id: int | None = None
    tag_ids: frozenset[int] = frozenset()
    price_from_fen: int | None = None
    price_to_fen: int | None = None
    in_stock: bool = False
    without: frozenset[int] = frozenset()
    order: ListOrder = ListOrder.DEFAULT

    def __post_init__(self) -> None:
        lowest, highest = self.price_from_fen, self.price_to_fen
        if lowest is not None and highest is not None and lowest > highest:
            raise PriceRangeReversed(price_from_fen=lowest, price_to_fen=highest)

    @property
    def facets(self) -> list[Facet]:
        """Everything that was named, what is usually smaller first; all of the shop when nothing was."""
        named = [Facet(FacetKind.BRAND, self.brand_id)] if self.brand_id is not None else []
        named += [Facet(FacetKind.TAG, tag_id) for tag_id in sorted(self.tag_ids)]
        named += [Facet(FacetKind.CATEGORY, self.category_id)] if self.category_id is not None else []
        return named or [EVERYTHING]

    @property
    def has_price(self) -> bool:
        """Filtered by price."""
        return self.price_from_fen is not None or self.price_to_fen is not None

    @property
    def is_common(self) -> bool:
        """Asked for by everybody: all of the shop or one category, in any order."""
        return self == Wish(category_id=self.category_id, order=self.order)


@dataclass(frozen=True)
class _Order:
    index: str
    keyset: Keyset


def _order(index: str, *names: str, descending: bool = True) -> _Order:
    return _Order(index, Keyset(tuple(getattr(Listing, name).expression for name in names), names, descending))


_PRICE = "ix_cat_listing_price"
_ORDERS = {
    ListOrder.DEFAULT: _order("ix_cat_listing_weight", "sort_weight", "product_id"),
    ListOrder.NEWEST: _order("ix_cat_listing_newest", "product_id"),
    ListOrder.PRICE_ASC: _order(_PRICE, "min_price_fen", "product_id", descending=False),
    ListOrder.PRICE_DESC: _order(_PRICE, "min_price_fen", "product_id"),
    ListOrder.SALES: _order("ix_cat_listing_sales", "sales", "product_id"),
}


@dataclass(frozen=True)
class _Route:
    """Which facet leads, and along which index; the other facets are looked up for each row it yields."""

    lead: Facet
    index: str
    others: Sequence[Facet]


class Browsing:
    """The shop's list, straight from its read model."""

    def __init__(self, session: scoped_session[Any] | None = None) -> None:
        self.session: scoped_session[Any] = session or db.session

    def page(self, cards: Select[*tuple[Any, ...]], wish: Wish, request: PageRequest) -> Page[Row[Any]]:
        """One page of `cards`, a query on products.

        Raises `CategoryNotFound`, `BrandNotFound`, `TagNotFound`, `BadCursor`.
        What is in stock and what is not are read apart and merged: each is a range of its own in the index.
        """
        order = _ORDERS[wish.order]
        route = self._route(wish, order)
        halves = [
            _half(route, wish, order, request, in_stock).subquery()
            for in_stock in ((True,) if wish.in_stock else (True, False))
        ]
        found = _together(halves)
        keys = [found.c[name].label(f"listed_{name}") for name in order.keyset.names]
        query = cards.add_columns(*keys).join(found, found.c.product_id == Product.id)
        columns = tuple(found.c[name] for name in order.keyset.names)
        merged = Keyset(columns, tuple(key.name for key in keys), order.keyset.descending)
        return fetch_page(self.session, query, merged, PageRequest(request.limit))

    def _route(self, wish: Wish, order: _Order) -> _Route:
        facets = wish.facets
        # One facet, and its prices are in order or not asked for: nothing to choose, only whether it exists.
        ordered = order.index == _PRICE or not wish.has_price
        counted = [] if ordered and len(facets) == 1 else facets
        few = self._look(wish, counted) if counted or facets != [EVERYTHING] else None
        if not counted:
            return _Route(facets[0], order.index, ())
        lead, index = (facets[0], order.index) if few is None else (few, _PRICE)
        return _Route(lead, index, [facet for facet in facets if facet != lead])

    def _look(self, wish: Wish, facets: Sequence[Facet]) -> Facet | None:
        """The first facet with only few matches, None when all have many; and whether what was named exists.

        One statement. Facets behind the first with few are not looked at.
        """
        columns: list[ColumnElement[Any]] = []
        if wish.category_id is not None:
            live = exists().where(Category.id == wish.category_id, Category.archived_at.is_(None))
            columns.append(live.label("category"))
        if wish.brand_id is not None:
            live = exists().where(Brand.id == wish.brand_id, Brand.archived_at.is_(None))
            columns.append(live.label("brand"))
        if wish.tag_ids:
            known = select(func.count()).select_from(Tag).where(Tag.id.in_(wish.tag_ids))
            columns.append(known.scalar_subquery().label("tags"))
        if facets:
            columns.append(case(*[(_has_few(facet, wish), place) for place, facet in enumerate(facets)]).label("few"))
        row = self.session.execute(select(*columns)).one()._mapping
        if not row.get("category", True):
            raise CategoryNotFound
        if not row.get("brand", True):
            raise BrandNotFound
        if row.get("tags", len(wish.tag_ids)) != len(wish.tag_ids):
            raise TagNotFound
        few = row.get("few")
        return None if few is None else facets[few]


def _has_few(facet: Facet, wish: Wish) -> ColumnElement[bool]:
    """There is no row behind the few: counting them through a subquery would write each into a temporary table."""
    few = FEW_OF_SEVERAL if wish.has_price and len(wish.facets) > 1 else FEW
    matching = _matching(facet, _PRICE, wish, (True,) if wish.in_stock else (True, False))
    return matching.offset(few).limit(1).scalar_subquery().is_(None)


def _matching(facet: Facet, index: str, wish: Wish, stocked: Sequence[bool]) -> Select[*tuple[Any, ...]]:
    """Rows of one facet; the optimiser is told the index, for it judges LIMIT wrongly where few rows match."""
    query = select(Listing.product_id).where(
        Listing.kind == facet.kind, Listing.facet_id == facet.id, Listing.in_stock.in_(stocked)
    )
    for dialect in _DIALECTS:
        query = query.with_hint(Listing, f"FORCE INDEX ({index})", dialect)
    if wish.price_from_fen is not None:
        query = query.where(Listing.min_price_fen >= wish.price_from_fen)
    if wish.price_to_fen is not None:
        query = query.where(Listing.min_price_fen <= wish.price_to_fen)
    return query


def _half(route: _Route, wish: Wish, order: _Order, request: PageRequest, in_stock: bool) -> Select[*tuple[Any, ...]]:
    query = _matching(route.lead, route.index, wish, (in_stock,))
    query = query.with_only_columns(*order.keyset.columns)
    if route.others:
        # Read off the same index: hardly a row passes that the look-ups below would not find.
        bits = reduce(or_, (facet.bit for facet in route.others))
        query = query.where(Listing.facet_bits.bitwise_and(bits) == bits)
    for dialect in _DIALECTS:
        # The others are looked up by their key for each row of the lead: never the other way round.
        query = query.prefix_with("STRAIGHT_JOIN", dialect=dialect)
    for facet in route.others:
        other = aliased(Listing)
        same = (other.kind == facet.kind) & (other.facet_id == facet.id) & (other.product_id == Listing.product_id)
        query = query.join(other, same)
    if wish.without:
        query = query.join(Product, Product.id == Listing.product_id).where(Product.category_id.not_in(wish.without))
    if request.cursor is not None:
        query = query.where(order.keyset.after(request.cursor))
    keys = [key.desc() if order.keyset.descending else key.asc() for key in order.keyset.columns]
    return query.order_by(*keys).limit(request.limit + 1)


def _together(halves: Sequence[Subquery]) -> Subquery:
    if len(halves) == 1:
        return halves[0]
    return union_all(*[select(half) for half in halves]).subquery()

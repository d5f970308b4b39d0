"""Reads of stock for staff, straight from SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, ScalarSelect, Select, or_, select, type_coerce, union_all
from sqlalchemy.orm import InstrumentedAttribute, scoped_session

from backend.inventory.domain.batch import Batch
from backend.inventory.domain.error import MovementNotFound, UnknownSku
from backend.inventory.domain.ledger import LedgerEntry, MovementKind
from backend.inventory.domain.location import Location
from backend.inventory.domain.reservation import Reservation, ReservationState
from backend.inventory.domain.stock import DEFAULT_LOCATION, Stock, StockItem
from kit.db.extension import db
from kit.repository.page import Keyset, MomentKeyset, Page, PageRequest, fetch_page

_BY_SKU = Keyset((Stock.sku_id.expression,), ("sku_id",))
_NEWEST = Keyset((LedgerEntry.id.expression,), ("id",))
# Within a period: all that is in it comes from one index in this order.
_LATEST = MomentKeyset((LedgerEntry.created_at.expression, LedgerEntry.id.expression), ("created_at", "id"))
_NEWEST_PROMISE = Keyset((Reservation.id.expression,), ("id",))
_EXPIRES = type_coerce(Batch.expires_on, Integer)
_FIRST_EXPIRED = Keyset((_EXPIRES, Batch.id.expression), ("expires_day", "id"), descending=False)

_MOVEMENT = (
    *LedgerEntry.__table__.columns,
    # Looked up for each row that is shown: a join would be the database's to begin with.
    *(
        select(column).where(StockItem.sku_id == LedgerEntry.sku_id).scalar_subquery().label(column.key)
        for column in (StockItem.sku_code, StockItem.title, StockItem.product_id)
    ),
)
_FREE = Stock.on_hand - Stock.expired - Stock.reserved
_LEVEL = (
    Stock.sku_id,
    Stock.location_id,
    StockItem.sku_code,
    StockItem.title,
    StockItem.product_id,
    Stock.on_hand,
    Stock.reserved,
    Stock.expired,
    _FREE.label("available"),
    Stock.minimum,
    Stock.maximum,
    Stock.low,
    Stock.over,
    Stock.shelf,
    Stock.arranged.label("version"),
    Stock.tracked,
    Stock.updated_at,
)


@dataclass(frozen=True, kw_only=True)
class MovementFilter:
    """None: any. Times are UTC, `until` is not included. `product_id` becomes the `sku_ids` that it has."""

    product_id: int | None = None
    sku_ids: Sequence[int] | None = None
    sku_code: str | None = None
    location_id: int | None = None
    kinds: Sequence[MovementKind] | None = None
    reference: str | None = None
    operator: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """For the ledger."""
        found: list[ColumnElement[bool]] = []
        if self.sku_ids is not None:
            found.append(_one_of(LedgerEntry.sku_id, self.sku_ids))
        if self.sku_code is not None:
            found.append(LedgerEntry.sku_id == _called(self.sku_code))
        if self.location_id is not None:
            found.append(LedgerEntry.location_id == self.location_id)
        if self.kinds is not None:
            found.append(_one_of(LedgerEntry.kind, self.kinds))
        if self.reference is not None:
            found.append(LedgerEntry.reference == self.reference)
        if self.operator is not None:
            found.append(LedgerEntry.operator == self.operator)
        if self.since is not None:
            found.append(LedgerEntry.created_at >= self.since)
        if self.until is not None:
            found.append(LedgerEntry.created_at < self.until)
        return found

    @property
    def is_period(self) -> bool:
        """Nothing but a time."""
        return self != MovementFilter() and self == MovementFilter(since=self.since, until=self.until)

    @property
    def parts(self) -> list[MovementFilter]:
        """One per SKU, else one per kind: each comes from its index in order, all together would have to be sorted."""
        if self.sku_ids is not None:
            return [replace(self, sku_ids=[sku_id]) for sku_id in sorted(set(self.sku_ids))]
        if self.kinds is not None:
            return [replace(self, kinds=[kind]) for kind in sorted(set(self.kinds))]
        return [self]


def _called(sku_code: str) -> ScalarSelect[int]:
    return select(StockItem.sku_id).where(StockItem.sku_code == sku_code).scalar_subquery()


def _one_of(column: InstrumentedAttribute[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    return column == values[0] if len(values) == 1 else column.in_(values)


def _movements(where: MovementFilter, page: PageRequest) -> Select[*tuple[Any, ...]]:
    rows = select(*_MOVEMENT)
    if len(where.parts) == 1:
        return rows.where(*where.conditions)
    after = [] if page.cursor is None else [_NEWEST.after(page.cursor)]
    newest = (
        select(LedgerEntry.id)
        .where(*part.conditions, *after)
        .order_by(LedgerEntry.id.desc())
        .limit(page.limit + 1)
        .subquery()
        for part in where.parts
    )
    found = union_all(*(select(part.c.id) for part in newest)).subquery("found")
    return rows.join(found, found.c.id == LedgerEntry.id)


class StockQuery:
    """Stock levels, batches, promises and the movement log."""

    def __init__(self, session: scoped_session[Any] | None = None) -> None:
        self.session: scoped_session[Any] = session or db.session

    def levels(
        self,
        page: PageRequest,
        *,
        sku_code: str | None = None,
        product_id: int | None = None,
        location_id: int = DEFAULT_LOCATION,
        low: bool | None = None,
        over: bool | None = None,
        shelf: str | None = None,
    ) -> Page[Row[Any]]:
        """Stock rows of a location with the SKU's code and title, newest SKU first."""
        query = (
            select(*_LEVEL).join(StockItem, StockItem.sku_id == Stock.sku_id).where(Stock.location_id == location_id)
        )
        for column, wanted in ((Stock.low, low), (Stock.over, over), (Stock.shelf, shelf)):
            if wanted is not None:
                query = query.where(column == wanted)
        if sku_code is not None:
            query = query.where(StockItem.sku_code == sku_code)
        if product_id is not None:
            query = query.where(StockItem.product_id == product_id)
        return fetch_page(self.session, query, _BY_SKU, page)

    def of_sku(self, sku_id: int) -> list[Row[Any]]:
        """The rows of a SKU at all locations. Raises `UnknownSku`."""
        query = (
            select(*_LEVEL, Location.code.label("location_code"), Stock.sellable)
            .join(StockItem, StockItem.sku_id == Stock.sku_id)
            .join(Location, Location.id == Stock.location_id)
            .where(Stock.sku_id == sku_id)
            .order_by(Stock.location_id)
        )
        rows: list[Row[Any]] = [*self.session.execute(query)]
        if not rows:
            raise UnknownSku.naming(str(sku_id))
        return rows

    def beyond_limits(self, location_id: int, sku_ids: Sequence[int]) -> list[Row[Any]]:
        """The rows of these SKUs at a location that are low or over at this moment, by code, with its name."""
        query = (
            select(*_LEVEL, Location.name.label("location"))
            .join(StockItem, StockItem.sku_id == Stock.sku_id)
            .join(Location, Location.id == Stock.location_id)
            .where(Stock.location_id == location_id, _one_of(Stock.sku_id, sku_ids))
            .where(or_(Stock.low.is_(True), Stock.over.is_(True)))
            .order_by(StockItem.sku_code)
        )
        return [*self.session.execute(query)]

    def batches(
        self,
        page: PageRequest,
        *,
        location_id: int = DEFAULT_LOCATION,
        sku_id: int | None = None,
        sku_code: str | None = None,
        expires_until: date | None = None,
    ) -> Page[Row[Any]]:
        """Dated batches with something left, the first to expire first."""
        query = (
            select(*Batch.__table__.columns, _EXPIRES.label("expires_day"), StockItem.sku_code, StockItem.title)
            .join(StockItem, StockItem.sku_id == Batch.sku_id)
            .where(Batch.location_id == location_id, Batch.on_hand > 0, Batch.expires_on.isnot(None))
        )
        if sku_id is not None:
            query = query.where(Batch.sku_id == sku_id)
        if sku_code is not None:
            query = query.where(Batch.sku_id == _called(sku_code))
        if expires_until is not None:
            query = query.where(Batch.expires_on <= expires_until)
        return fetch_page(self.session, query, _FIRST_EXPIRED, page)

    def promises(
        self,
        page: PageRequest,
        *,
        sku_id: int | None = None,
        reference: str | None = None,
        state: ReservationState = ReservationState.OPEN,
    ) -> Page[Row[Any]]:
        """What orders and holds were promised, newest first."""
        query = select(*Reservation.__table__.columns).where(Reservation.state == state)
        if sku_id is not None:
            query = query.where(Reservation.sku_id == sku_id)
        if reference is not None:
            query = query.where(Reservation.reference == reference)
        return fetch_page(self.session, query, _NEWEST_PROMISE, page)

    def movements(self, page: PageRequest, *, where: MovementFilter | None = None, **only: Any) -> Page[Row[Any]]:
        """Ledger rows, newest first; `only` are fields of `MovementFilter`."""
        wanted = where or MovementFilter(**only)
        if wanted.product_id is not None:
            wanted = self._of_product(wanted.product_id, wanted)
            if not wanted.sku_ids:
                return Page((), None)
        return fetch_page(self.session, _movements(wanted, page), _LATEST if wanted.is_period else _NEWEST, page)

    def _of_product(self, product_id: int, where: MovementFilter) -> MovementFilter:
        """Its SKUs, or those of them that are asked for: each is read in order from the index of the ledger."""
        found = self.session.scalars(select(StockItem.sku_id).where(StockItem.product_id == product_id)).all()
        asked = found if where.sku_ids is None else [sku_id for sku_id in found if sku_id in where.sku_ids]
        return replace(where, product_id=None, sku_ids=asked)

    def movement(self, movement_id: int) -> Row[Any]:
        """One ledger row. Raises `MovementNotFound`."""
        query = select(*_MOVEMENT).where(LedgerEntry.id == movement_id)
        row = self.session.execute(query).first()
        if row is None:
            raise MovementNotFound
        return row

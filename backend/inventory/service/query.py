"""Reads of stock for staff, straight from SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, select, type_coerce
from sqlalchemy.orm import scoped_session

from backend.inventory.domain.batch import Batch
from backend.inventory.domain.error import MovementNotFound, UnknownSku
from backend.inventory.domain.ledger import LedgerEntry, MovementKind
from backend.inventory.domain.location import Location
from backend.inventory.domain.reservation import Reservation, ReservationState
from backend.inventory.domain.stock import DEFAULT_LOCATION, Stock, StockItem
from kit.db.extension import db
from kit.repository.page import Keyset, Page, PageRequest, fetch_page

_BY_SKU = Keyset((Stock.sku_id.expression,), ("sku_id",))
_NEWEST = Keyset((LedgerEntry.id.expression,), ("id",))
_NEWEST_PROMISE = Keyset((Reservation.id.expression,), ("id",))
_EXPIRES = type_coerce(Batch.expires_on, Integer)
_FIRST_EXPIRED = Keyset((_EXPIRES, Batch.id.expression), ("expires_day", "id"), descending=False)

_MOVEMENT = (
    *LedgerEntry.__table__.columns,
    # Looked up for each row that is shown: a join would be the database's to begin with.
    *(
        select(column).where(StockItem.sku_id == LedgerEntry.sku_id).scalar_subquery().label(column.key)
        for column in (StockItem.sku_code, StockItem.title)
    ),
)
_FREE = Stock.on_hand - Stock.expired - Stock.reserved
_LEVEL = (
    Stock.sku_id,
    Stock.location_id,
    StockItem.sku_code,
    StockItem.title,
    Stock.on_hand,
    Stock.reserved,
    Stock.expired,
    _FREE.label("available"),
    Stock.minimum,
    Stock.maximum,
    Stock.low,
    Stock.over,
    Stock.shelf,
    Stock.tracked,
    Stock.updated_at,
)


@dataclass(frozen=True, kw_only=True)
class MovementFilter:
    """None: any. Times are UTC, `until` is not included."""

    sku_ids: Sequence[int] | None = None
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
            # One SKU comes from its index in order; of several the database has to sort what it finds.
            one = LedgerEntry.sku_id == self.sku_ids[0]
            found.append(one if len(self.sku_ids) == 1 else LedgerEntry.sku_id.in_(self.sku_ids))
        if self.location_id is not None:
            found.append(LedgerEntry.location_id == self.location_id)
        if self.kinds is not None:
            found.append(LedgerEntry.kind.in_(self.kinds))
        if self.reference is not None:
            found.append(LedgerEntry.reference == self.reference)
        if self.operator is not None:
            found.append(LedgerEntry.operator == self.operator)
        if self.since is not None:
            found.append(LedgerEntry.created_at >= self.since)
        if self.until is not None:
            found.append(LedgerEntry.created_at < self.until)
        return found


class StockQuery:
    """Stock levels, batches, promises and the movement log."""

    def __init__(self, session: scoped_session[Any] | None = None) -> None:
        self.session: scoped_session[Any] = session or db.session

    def levels(
        self,
        page: PageRequest,
        *,
        sku_code: str | None = None,
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
            raise UnknownSku(errors={str(sku_id): ["unknown"]})
        return rows

    def batches(
        self,
        page: PageRequest,
        *,
        location_id: int = DEFAULT_LOCATION,
        sku_id: int | None = None,
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
        chosen = where or MovementFilter(**only)
        query = select(*_MOVEMENT).where(*chosen.conditions)
        return fetch_page(self.session, query, _NEWEST, page)

    def movement(self, movement_id: int) -> Row[Any]:
        """One ledger row. Raises `MovementNotFound`."""
        query = select(*_MOVEMENT).where(LedgerEntry.id == movement_id)
        row = self.session.execute(query).first()
        if row is None:
            raise MovementNotFound
        return row

"""Proves the books of any database, in chunks of SKUs: each chunk is one statement and so one moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, case, func, select, union
from sqlalchemy.orm import scoped_session

from backend.inventory.domain.batch import Batch, end_of
from backend.inventory.domain.ledger import LedgerEntry
from backend.inventory.domain.location import Location
from backend.inventory.domain.reservation import Reservation, ReservationState
from backend.inventory.domain.stock import Stock, StockItem
from kit.db.extension import db
from kit.service.transaction import end_reading

_AT_ONCE = 500
_END = 2**63 - 1


@dataclass(frozen=True)
class Deviation:
    """Something that does not add up, and what to do about it."""

    sku_id: int
    location_id: int
    what: str
    advice: str

    def __str__(self) -> str:
        return f"SKU {self.sku_id} at location {self.location_id}: {self.what}. {self.advice}"


_LEDGER = (
    "Somebody changed inv_stock or inv_ledger past the application: find out who, then count the goods and write a "
    "correcting ledger row together with the true figure"
)
_PROMISES = "Compare the open rows of inv_reservation with the orders they name; reserved must be their sum"
_BATCHES = "Count the batches of this SKU; their sum is what must be on hand"
_FLAGS = "Set the column to what it must be; until then lists and orders see something else"
_ORPHAN = "Add the missing inv_stock row with what ledger, promises and batches say, or find out who deleted it"
_EXPIRY = "Set the column to what it must be: until then goods are promised past their date, or not before it"


class Verification:
    """Reads alone; may run beside a busy shop."""

    def __init__(self, session: scoped_session[Any] | None = None) -> None:
        self.session: scoped_session[Any] = session or db.session

    def deviations(self) -> Iterator[Deviation]:
        """Everything that is wrong, in the order of SKUs, in constant memory."""
        after = 0
        while True:
            ids = list(
                self.session.scalars(
                    select(Stock.sku_id).where(Stock.sku_id > after).distinct().order_by(Stock.sku_id).limit(_AT_ONCE)
                )
            )
            last = ids[-1] if len(ids) == _AT_ONCE else _END
            rows = self.session.execute(_rows(after, last)).all()
            orphans = self.session.execute(_orphans(after, last)).all()
            end_reading()
            for row in rows:
                yield from _of(row)
            for row in orphans:
                what = f"{_named(row)} it, and no stock row does"
                yield Deviation(row.sku_id, row.location_id, what, _ORPHAN)
            if last == _END:
                return
            after = last


def _sums(after: int, last: int) -> tuple[Any, Any, Any]:
    ledger = (
        select(
            LedgerEntry.sku_id,
            LedgerEntry.location_id,
            func.sum(LedgerEntry.on_hand_delta).label("on_hand"),
            func.sum(LedgerEntry.reserved_delta).label("reserved"),
            func.sum(LedgerEntry.value_delta_fen).label("value_fen"),
        )
        .where(LedgerEntry.sku_id > after, LedgerEntry.sku_id <= last)
        .group_by(LedgerEntry.sku_id, LedgerEntry.location_id)
        .subquery("ledger")
    )
    promises = (
        select(Reservation.sku_id, Reservation.location_id, func.sum(Reservation.quantity).label("promised"))
        .where(Reservation.sku_id > after, Reservation.sku_id <= last, Reservation.state == ReservationState.OPEN)
        .group_by(Reservation.sku_id, Reservation.location_id)
        .subquery("promises")
    )
    batches = (
        select(
            Batch.sku_id,
            Batch.location_id,
            func.sum(Batch.on_hand).label("on_hand"),
            func.sum(case((Batch.expired, Batch.on_hand), else_=0)).label("expired"),
            func.min(case((and_(Batch.on_hand > 0, ~Batch.expired), Batch.expires_on))).label("next_day"),
        )
        .where(Batch.sku_id > after, Batch.sku_id <= last)
        .group_by(Batch.sku_id, Batch.location_id)
        .subquery("batches")
    )
    return ledger, promises, batches


def _same(table: Any) -> Any:
    return and_(table.c.sku_id == Stock.sku_id, table.c.location_id == Stock.location_id)


def _rows(after: int, last: int) -> Select[*tuple[Any, ...]]:
    ledger, promises, batches = _sums(after, last)
    return (
        select(
            *Stock.__table__.columns,
            func.coalesce(ledger.c.on_hand, 0).label("moved"),
            func.coalesce(ledger.c.reserved, 0).label("moved_reserved"),
            func.coalesce(ledger.c.value_fen, 0).label("moved_fen"),
            func.coalesce(promises.c.promised, 0).label("promised"),
            func.coalesce(batches.c.on_hand, 0).label("batched"),
            func.coalesce(batches.c.expired, 0).label("batched_expired"),
            batches.c.next_day,
            Location.sellable.label("location_sellable"),
            StockItem.tracked.label("item_tracked"),
        )
        .outerjoin(ledger, _same(ledger))
        .outerjoin(promises, _same(promises))
        .outerjoin(batches, _same(batches))
        .outerjoin(Location, Location.id == Stock.location_id)
        .outerjoin(StockItem, StockItem.sku_id == Stock.sku_id)
        .where(Stock.sku_id > after, Stock.sku_id <= last)
        .order_by(Stock.sku_id, Stock.location_id)
    )


def _orphans(after: int, last: int) -> Select[*tuple[Any, ...]]:
    """What any of the three tables knows at a place that has no stock row; empty batches are history."""
    ledger, promises, batches = _sums(after, last)
    known = union(
        select(ledger.c.sku_id, ledger.c.location_id),
        select(promises.c.sku_id, promises.c.location_id),
        select(batches.c.sku_id, batches.c.location_id).where(batches.c.on_hand > 0),
    ).subquery("known")
    return (
        select(
            known.c.sku_id,
            known.c.location_id,
            ledger.c.sku_id.isnot(None).label("moved"),
            promises.c.promised,
            batches.c.on_hand.label("batched"),
        )
        .outerjoin(Stock, _same(known))
        .outerjoin(ledger, _at(ledger, known))
        .outerjoin(promises, _at(promises, known))
        .outerjoin(batches, _at(batches, known))
        .where(Stock.sku_id.is_(None))
        .order_by(known.c.sku_id, known.c.location_id)
    )


def _at(table: Any, known: Any) -> Any:
    return and_(table.c.sku_id == known.c.sku_id, table.c.location_id == known.c.location_id)


def _named(row: Row[Any]) -> str:
    """``the ledger knows``, ``open reservations of 3 and batches of 2 know``."""
    found = ["the ledger"] if row.moved else []
    found += [f"open reservations of {int(row.promised)}"] if row.promised else []
    found += [f"batches of {int(row.batched)}"] if row.batched else []
    return f"{' and '.join(found)} {'knows' if found == ['the ledger'] else 'know'}"


def _of(row: Row[Any]) -> Iterator[Deviation]:
    free = row.on_hand - row.expired - row.reserved
    checks = (
        ("on_hand", row.on_hand, "the sum of its ledger", int(row.moved), _LEDGER),
        ("reserved", row.reserved, "the sum of its ledger", int(row.moved_reserved), _LEDGER),
        ("value_fen", row.value_fen, "the sum of its ledger", int(row.moved_fen), _LEDGER),
        ("reserved", row.reserved, "the sum of its open reservations", int(row.promised), _PROMISES),
        ("the sum of its batches", int(row.batched), "on_hand", row.on_hand if row.tracked else 0, _BATCHES),
        ("expired", row.expired, "the sum of its expired batches", int(row.batched_expired), _BATCHES),
        ("next_expiry_at", row.next_expiry_at, "the end of its next batch's last day", _end(row), _EXPIRY),
        ("sellable", row.sellable, "what its location says", row.location_sellable, _FLAGS),
        ("tracked", row.tracked, "what its SKU says", row.item_tracked, _FLAGS),
        ("low", row.low, "what its minimum says", row.minimum is not None and free <= row.minimum, _FLAGS),
        ("over", row.over, "what its maximum says", row.maximum is not None and row.on_hand > row.maximum, _FLAGS),
    )
    for what, found, against, expected, advice in checks:
        if found != expected:
            yield Deviation(
                row.sku_id, row.location_id, f"{what} is {_text(found)}, {against} is {_text(expected)}", advice
            )
    if not 0 <= row.reserved <= row.on_hand:
        what = f"reserved is {row.reserved} of {row.on_hand} on hand"
        yield Deviation(row.sku_id, row.location_id, what, _PROMISES)


def _end(row: Row[Any]) -> datetime | None:
    day: date | None = row.next_day
    return None if day is None else end_of(day)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

"""Movements as values: what one statement is to change, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from backend.inventory.domain.ledger import MovementKind
from backend.inventory.domain.stock import DEFAULT_LOCATION
from backend.inventory.events import LAST_UNITS

Key = tuple[int, int]
"""SKU id and location id. Rows are locked in this order everywhere: sorted, nothing deadlocks (21.9 % → 0)."""


@dataclass(frozen=True)
class Booking:
    """Why and by whom stock moves; written into every ledger row of the movement."""

    reference: str
    reason: str
    operator: str
    at: datetime


@dataclass(frozen=True)
class Move:
    """`quantity` (> 0) of one SKU at one location."""

    sku_id: int
    quantity: int
    location_id: int = DEFAULT_LOCATION

    @property
    def key(self) -> Key:
        """Which stock row."""
        return self.sku_id, self.location_id


@dataclass(frozen=True)
class StockLevel:
    """A stock row at one moment."""

    sku_id: int
    on_hand: int
    reserved: int
    location_id: int = DEFAULT_LOCATION
    expired: int = 0
    value_fen: int = 0
    minimum: int | None = None
    maximum: int | None = None
    sellable: bool = True
    tracked: bool = False
    corrected: int = 0
    corrections: int = 0
    next_expiry_at: datetime | None = None
    idle_since: datetime | None = None

    @property
    def key(self) -> Key:
        """Which stock row."""
        return self.sku_id, self.location_id

    @property
    def free(self) -> int:
        """What nobody was promised and has not expired; below 0 when promised goods expired."""
        return self.on_hand - self.expired - self.reserved

    @property
    def available(self) -> int:
        """What may still be sold."""
        return max(self.free, 0) if self.sellable else 0

    @property
    def low(self) -> bool:
        """At or below its minimum."""
        return self.minimum is not None and self.free <= self.minimum

    @property
    def over(self) -> bool:
        """Above its maximum."""
        return self.maximum is not None and self.on_hand > self.maximum

    def expires(self, *, by: datetime) -> bool:
        """Whether a batch has passed its date and is not booked as expired yet."""
        return self.next_expiry_at is not None and self.next_expiry_at <= by


@dataclass(frozen=True)
class BatchRef:
    """The batch a line is about; dates for one that comes in."""

    batch_no: str
    produced_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True)
class Leg:
    """One change of the goods of one stock row: `quantity` units come (> 0) or go (< 0). A line has one or two."""

    kind: MovementKind
    sku_id: int
    location_id: int
    quantity: int
    line: int = 0
    # Deducted goods take their promise with them.
    reserved: int = 0
    # Of incoming goods: for one unit; None is what the goods here cost on average.
    cost_fen: int | None = None
    batch: BatchRef | None = None
    # Of a transfer: the leg before has just taken these goods.
    follows: bool = False
    # Of a return: the batches they had left from, and what they were worth.
    batches: tuple[tuple[BatchRef, int], ...] = ()
    value_fen: int | None = None

    @property
    def key(self) -> Key:
        """Which stock row."""
        return self.sku_id, self.location_id


@dataclass(frozen=True)
class BookedLeg:
    """What came of a leg: the row before and after, and which batches it took (< 0) or filled (> 0)."""

    leg: Leg
    before: StockLevel
    after: StockLevel
    batches: tuple[tuple[BatchRef, int], ...] = field(default=())

    @property
    def value_fen(self) -> int:
        """By how much the worth of the row changed."""
        return self.after.value_fen - self.before.value_fen


PROMISED = {MovementKind.RESERVE: 1, MovementKind.RELEASE: -1}
"""How one unit of a promise changes reserved. Goods themselves move by `Leg`."""


def merged(moves: Iterable[Move]) -> list[Move]:
    """One move per stock row, in the order of their keys."""
    totals: dict[Key, int] = {}
    for move in moves:
        totals[move.key] = totals.get(move.key, 0) + move.quantity
    return [Move(sku_id, totals[sku_id, location_id], location_id) for sku_id, location_id in sorted(totals)]


def before(level: StockLevel, kind: MovementKind, quantity: int) -> StockLevel:
    """The row as it was before `quantity` units were promised or given back."""
    return replace(level, reserved=level.reserved - PROMISED[kind] * quantity)


@dataclass(frozen=True)
class Crossings:
    """Which rows passed a mark that others want to hear of."""

    availability: tuple[int, ...]
    low: dict[int, tuple[int, ...]]
    over: dict[int, tuple[int, ...]]


def crossings(pairs: Iterable[tuple[StockLevel, StockLevel]]) -> Crossings:
    """Of rows before and after.

    One row alone decides: what another location has may change in this very moment. Whoever hears asks for the sum, and
    what customers see of a sum (sold out, one of the last few, plenty) cannot change unless that of one row does.
    """
    availability: set[int] = set()
    low: dict[int, list[int]] = {}
    over: dict[int, list[int]] = {}
    for was, now in pairs:
        if _seen(was.available) != _seen(now.available):
            availability.add(now.sku_id)
        if now.low and not was.low:
            low.setdefault(now.location_id, []).append(now.sku_id)
        if now.over and not was.over:
            over.setdefault(now.location_id, []).append(now.sku_id)
    return Crossings(
        tuple(sorted(availability)),
        {place: tuple(sorted(skus)) for place, skus in low.items()},
        {place: tuple(sorted(skus)) for place, skus in over.items()},
    )


def _seen(available: int) -> int:
    """What customers are told of a number: all that is plenty looks the same."""
    return min(max(available, 0), LAST_UNITS + 1)

"""Goods are promised to an order, given back, or leave with its shipment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from backend.inventory.domain.error import OutOfStock
from backend.inventory.domain.ledger import MovementKind
from backend.inventory.domain.movement import Booking, Leg, Move, StockLevel, merged
from backend.inventory.domain.reservation import ReservationState
from backend.inventory.domain.spreading import shortages, spread
from backend.inventory.repository.location import LocationRepository
from backend.inventory.repository.reservation import ReservationRepository
from backend.inventory.service.booking import promise
from backend.inventory.service.goods import Goods
from backend.inventory.service.shelf_life import ShelfLife
from kit.db.error import RunAgain
from kit.service.transaction import transactional


class Reserving:
    """Joins the caller's transaction: stock is one of the few things that may not wait for the outbox."""

    def __init__(
        self, goods: Goods, shelf_life: ShelfLife, reservations: ReservationRepository, locations: LocationRepository
    ) -> None:
        self.goods = goods
        self.stock = goods.stock
        self.shelf_life = shelf_life
        self.reservations = reservations
        self.locations = locations

    @transactional
    def reserve(self, moves: Sequence[Move], booking: Booking, *, expires_at: datetime | None = None) -> None:
        """Promise `moves` to `booking.reference`. Raises `OutOfStock` or `MovementRepeated`.

        Rows of its own are written first; the contended stock rows are locked last, until the commit that follows.
        The default location alone is asked first; others only when it lacks something.
        """
        wanted = merged(moves)
        self.reservations.promise(wanted, booking, expires_at=expires_at)
        if promise(self.stock, MovementKind.RESERVE, wanted, booking):
            return
        elsewhere = self._spread(wanted, booking.at)
        self.reservations.promise_instead(elsewhere, booking, expires_at=expires_at)
        if not promise(self.stock, MovementKind.RESERVE, elsewhere, booking):
            # The rows are locked: only a lock that was not one lets this happen.
            raise RunAgain

    def _spread(self, wanted: Sequence[Move], at: datetime) -> list[Move]:
        """Which locations give how much, their rows locked. Raises `OutOfStock`."""
        skus = [move.sku_id for move in wanted]
        rows = {row.key: row for row in self.stock.everywhere(skus)}
        if (short := shortages(wanted, rows.values())) and not any(row.expires(by=at) for row in rows.values()):
            # Seen without a lock: many who ask for what is sold out do not wait for each other.
            raise OutOfStock(errors=short)
        rows = self._fresh(self.stock.lock(list(rows)), at)
        if short := shortages(wanted, rows.values()):
            raise OutOfStock(errors=short)
        return spread(wanted, rows.values(), self.locations.priorities())

    def _fresh(self, rows: dict[tuple[int, int], StockLevel], at: datetime) -> dict[tuple[int, int], StockLevel]:
        return self.shelf_life.bring_up_to(rows, now=at) if any(row.expires(by=at) for row in rows.values()) else rows

    @transactional
    def release(self, booking: Booking) -> bool:
        """Give back what `booking.reference` still holds; False when it holds nothing (any more)."""
        held = self._end(ReservationState.RELEASED, booking)
        if held and not promise(self.stock, MovementKind.RELEASE, held, booking):
            raise AssertionError(f"{booking.reference} holds more than is reserved: run `flask inventory verify`")
        return bool(held)

    @transactional
    def deduct(self, booking: Booking) -> bool:
        """The reserved goods leave the shop; False when nothing is reserved (any more). Raises `GoodsExpired`."""
        held = self._end(ReservationState.DEDUCTED, booking)
        legs = [
            Leg(MovementKind.DEDUCT, move.sku_id, move.location_id, -move.quantity, reserved=-move.quantity)
            for move in held
        ]
        if legs:
            self.goods.book(legs, booking)
        return bool(held)

    def _end(self, state: ReservationState, booking: Booking) -> list[Move]:
        held = self.reservations.open_for(booking.reference)
        ended = self.reservations.end(booking.reference, state, at=booking.at) if held else 0
        if 0 < ended != len(held):
            # More was promised to it in this very moment: look again.
            raise RunAgain
        return held if ended else []

"""Goods are promised to an order, given back, or leave with its shipment."""

from __future__ import annotations

from collections.abc import Sequence

from backend.inventory.domain.ledger import MovementKind
from backend.inventory.domain.movement import Move, merged
from backend.inventory.domain.reservation import ReservationState
from backend.inventory.repository.reservation import ReservationRepository
from backend.inventory.repository.stock import Booking, StockRepository
from backend.inventory.service.booking import book
from kit.service.transaction import transactional


class Reserving:
    """Joins the caller's transaction: stock is one of the few things that may not wait for the outbox."""

    def __init__(self, stock: StockRepository, reservations: ReservationRepository) -> None:
        self.stock = stock
        self.reservations = reservations

    @transactional
    def reserve(self, moves: Sequence[Move], booking: Booking) -> None:
        """Promise `moves` to `booking.reference`. Raises `OutOfStock` or `MovementRepeated`.

        Rows of its own are written first; the contended stock rows are locked last, until the commit that follows.
        """
        wanted = merged(moves)
        self.reservations.promise(booking.reference, wanted, at=booking.at)
        book(self.stock, MovementKind.RESERVE, wanted, booking)

    @transactional
    def release(self, booking: Booking) -> bool:
        """Give back what `booking.reference` still holds; False when it holds nothing (any more)."""
        return self._end(MovementKind.RELEASE, ReservationState.RELEASED, booking)

    @transactional
    def deduct(self, booking: Booking) -> bool:
        """The reserved goods leave the shop; False when nothing is reserved (any more)."""
        return self._end(MovementKind.DEDUCT, ReservationState.DEDUCTED, booking)

    def _end(self, kind: MovementKind, state: ReservationState, booking: Booking) -> bool:
        held = self.reservations.open_for(booking.reference)
        if not held or self.reservations.end(booking.reference, state, at=booking.at) != len(held):
            return False
        book(self.stock, kind, held, booking)
        return True

"""What orders and holds were promised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from backend.inventory.domain.error import MovementRepeated
from backend.inventory.domain.movement import Booking, Move
from backend.inventory.domain.reservation import Reservation, ReservationState
from kit.db.changed import changed
from kit.db.error import is_duplicate
from kit.domain.identity import new_id
from kit.repository.base import Repository


class ReservationRepository(Repository[Reservation]):
    """What was promised to whom."""

    entity = Reservation

    def open_for(self, reference: str) -> list[Move]:
        """What `reference` still holds."""
        query = (
            select(Reservation.sku_id, Reservation.quantity, Reservation.location_id)
            .where(Reservation.reference == reference, Reservation.state == ReservationState.OPEN)
            .order_by(Reservation.sku_id, Reservation.location_id)
        )
        return [Move(row.sku_id, row.quantity, row.location_id) for row in self.session.execute(query)]

    def promise(self, moves: Sequence[Move], booking: Booking, *, expires_at: datetime | None) -> None:
        """Write one open reservation per move. Raises `MovementRepeated` when the reference has one already."""
        rows = [
            {
                "id": new_id(),
                "reference": booking.reference,
                "sku_id": move.sku_id,
                "location_id": move.location_id,
                "quantity": move.quantity,
                "state": ReservationState.OPEN,
                "returned": 0,
                "reason": booking.reason,
                "expires_at": expires_at,
                "created_at": booking.at,
            }
            for move in moves
        ]
        try:
            self.session.execute(insert(Reservation), rows)
        except IntegrityError as error:
            if is_duplicate(error):
                raise MovementRepeated from None
            raise

    def promise_instead(self, moves: Sequence[Move], booking: Booking, *, expires_at: datetime | None) -> None:
        """The rows this very use case has just written are for other locations after all."""
        self.session.execute(delete(Reservation).where(Reservation.reference == booking.reference))
        self.promise(moves, booking, expires_at=expires_at)

    def end(self, reference: str, state: ReservationState, *, at: datetime) -> int:
        """Move all open reservations of `reference` to a final state; returns how many. Two callers: one gets them."""
        statement = (
            update(Reservation)
            .where(Reservation.reference == reference, Reservation.state == ReservationState.OPEN)
            .values(state=state, ended_at=at)
        )
        return changed(self.session, statement)

    def expired(self, *, now: datetime, limit: int) -> list[str]:
        """References whose promise is over, the longest waiting first. Orders have no such moment."""
        query = (
            select(Reservation.reference)
            .where(Reservation.state == ReservationState.OPEN, Reservation.expires_at <= now)
            .order_by(Reservation.expires_at)
            .limit(limit)
        )
        return list(dict.fromkeys(self.session.scalars(query)))

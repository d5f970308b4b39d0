"""Reservations of an order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from backend.inventory.domain.error import MovementRepeated
from backend.inventory.domain.movement import Move
from backend.inventory.domain.reservation import Reservation, ReservationState
from backend.inventory.domain.stock import DEFAULT_LOCATION
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
            select(Reservation.sku_id, Reservation.quantity)
            .where(Reservation.reference == reference, Reservation.state == ReservationState.OPEN)
            .order_by(Reservation.sku_id)
        )
        return [Move(row.sku_id, row.quantity) for row in self.session.execute(query)]

    def promise(self, reference: str, moves: Sequence[Move], *, at: datetime) -> None:
        """Write one open reservation per SKU. Raises `MovementRepeated` when `reference` has one already."""
        rows = [
            {
                "id": new_id(),
                "reference": reference,
                "sku_id": move.sku_id,
                "location_id": DEFAULT_LOCATION,
                "quantity": move.quantity,
                "state": ReservationState.OPEN,
                "created_at": at,
            }
            for move in moves
        ]
        try:
            self.session.execute(insert(Reservation), rows)
        except IntegrityError as error:
            if is_duplicate(error):
                raise MovementRepeated from None
            raise

    def end(self, reference: str, state: ReservationState, *, at: datetime) -> int:
        """Move all open reservations of `reference` to a final state; returns how many. Two callers: one gets them."""
        statement = (
            update(Reservation)
            .where(Reservation.reference == reference, Reservation.state == ReservationState.OPEN)
            .values(state=state, ended_at=at)
        )
        return changed(self.session, statement)

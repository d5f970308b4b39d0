"""What has left with a reference, and how much of it came back."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import case, func, select, update

from backend.inventory.domain.coming_back import Shipped
from backend.inventory.domain.ledger import LedgerEntry, MovementKind
from backend.inventory.domain.reservation import Reservation, ReservationState
from kit.db.changed import changed
from kit.repository.base import Repository


class ShippedRepository(Repository[Reservation]):
    """Deducted reservations."""

    entity = Reservation

    def lock(self, reference: str) -> list[Shipped]:
        """What left with `reference`, held until the commit."""
        query = (
            select(Reservation.id, Reservation.sku_id, Reservation.quantity, Reservation.returned)
            .where(Reservation.reference == reference, Reservation.state == ReservationState.DEDUCTED)
            .order_by(Reservation.id)
            .with_for_update()
        )
        return [
            Shipped(row.id, row.sku_id, row.quantity, row.quantity - row.returned)
            for row in self.session.execute(query)
        ]

    def write(self, rows: Sequence[Shipped]) -> None:
        """Count what they have taken as come back, with one statement; the CHECK has the last word."""
        taken = {row.reservation_id: row.taken for row in rows if row.taken}
        more = update(Reservation).where(Reservation.id.in_(taken))
        changed(self.session, more.values(returned=Reservation.returned + case(taken, value=Reservation.id, else_=0)))

    def worth(self, reference: str) -> dict[int, tuple[int, int]]:
        """SKU → fen and units of what left with `reference`."""
        query = (
            select(
                LedgerEntry.sku_id,
                func.sum(-LedgerEntry.value_delta_fen).label("fen"),
                func.sum(-LedgerEntry.on_hand_delta).label("units"),
            )
            .where(LedgerEntry.reference == reference, LedgerEntry.kind == MovementKind.DEDUCT)
            .group_by(LedgerEntry.sku_id)
        )
        return {row.sku_id: (int(row.fen), int(row.units)) for row in self.session.execute(query)}

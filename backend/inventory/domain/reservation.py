"""Reservations (预占): what an order has been promised and neither took nor gave back yet."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.types import BigId, Code, EnumText, UtcDateTime
from kit.domain.entity import Entity, Identified


class ReservationState(StrEnum):
    """OPEN until the goods are released to the shelf or deducted with the shipment. Both are final."""

    OPEN = "open"
    RELEASED = "released"
    DEDUCTED = "deducted"


class Reservation(Identified, Entity):
    """`quantity` of a SKU at a location, promised to `reference`."""

    __tablename__ = "inv_reservation"
    __table_args__ = (
        UniqueConstraint("reference", "sku_id", "location_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    reference: Mapped[str] = mapped_column(Code(64))
    sku_id: Mapped[int] = mapped_column(BigId)
    location_id: Mapped[int] = mapped_column(BigId)
    quantity: Mapped[int] = mapped_column(Integer)
    state: Mapped[ReservationState] = mapped_column(EnumText(ReservationState, "state"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

"""Reservations (预占): what an order or a hold has been promised and neither took nor gave back yet."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.types import BigId, Code, EnumText, UtcDateTime
from kit.domain.entity import Entity, Identified


class ReservationState(StrEnum):
    """OPEN until the goods are released to the shelf or deducted with the shipment. Both are final."""

    OPEN = "open"
    RELEASED = "released"
    DEDUCTED = "deducted"


class Reservation(Identified, Entity):
    """`quantity` of a SKU at a location, promised to `reference`. Holds expire; orders wait for WeChat (ADR 0007)."""

    __tablename__ = "inv_reservation"
    __table_args__ = (
        UniqueConstraint("reference", "sku_id", "location_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("returned >= 0 AND returned <= quantity", name="returned_was_there"),
        Index("ix_inv_reservation_expiry", "state", "expires_at", "reference"),
        Index("ix_inv_reservation_sku", "sku_id", "state", "id"),
    )

    reference: Mapped[str] = mapped_column(Code(64))
    sku_id: Mapped[int] = mapped_column(BigId)
    location_id: Mapped[int] = mapped_column(BigId)
    quantity: Mapped[int] = mapped_column(Integer)
    state: Mapped[ReservationState] = mapped_column(EnumText(ReservationState, "state"))
    # How many of the deducted units came back.
    returned: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

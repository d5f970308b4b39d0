"""A line of a cart."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.types import BigId, Fen, UtcDateTime
from kit.domain.entity import Aggregate

MAX_LINES = 100
MAX_QUANTITY = 999


class CartLine(Aggregate):
    """`quantity` of one SKU, and what it cost when the customer put it in."""

    __tablename__ = "crt_line"
    __table_args__ = (
        UniqueConstraint("customer_id", "sku_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    customer_id: Mapped[int] = mapped_column(BigId)
    sku_id: Mapped[int] = mapped_column(BigId)
    quantity: Mapped[int] = mapped_column(Integer)
    added_price_fen: Mapped[int] = mapped_column(Fen)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def add(self, quantity: int, *, price_fen: int) -> None:
        """Put more of the same in; at most `MAX_QUANTITY` stay."""
        self.quantity = min(self.quantity + quantity, MAX_QUANTITY)
        self.added_price_fen = price_fen

    def change(self, quantity: int) -> None:
        """Set the quantity (1 to `MAX_QUANTITY`)."""
        self.quantity = quantity

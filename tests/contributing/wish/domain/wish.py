"""A wish."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.wish.events import WishMade
from kit.db.types import BigId, UtcDateTime
from kit.domain.entity import Aggregate


class Wish(Aggregate):
    """One SKU one customer would like to have."""

    __tablename__ = "wsh_wish"
    __table_args__ = (UniqueConstraint("customer_id", "sku_id"),)

    customer_id: Mapped[int] = mapped_column(BigId)
    sku_id: Mapped[int] = mapped_column(BigId)
    wished_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @classmethod
    def make(cls, *, customer_id: int, sku_id: int, at: datetime) -> Wish:
        """A new wish."""
        wish = cls(customer_id=customer_id, sku_id=sku_id, wished_at=at)
        wish.record(WishMade(customer_id=customer_id, sku_id=sku_id), at=at)
        return wish

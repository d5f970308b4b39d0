"""A delivery: one kind of news of one order for one recipient, and how it ended."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.notification.domain.trying import DeliveryState, Trying
from kit.db.types import BigId, Code, EnumText


class Kind(StrEnum):
    """Which news."""

    ORDER_PAID = "order_paid"
    ORDER_SHIPPED = "order_shipped"


class Channel(StrEnum):
    """Which way it goes."""

    WECHAT = "wechat"


class Delivery(Trying):
    """`recipient_id` is a customer."""

    __tablename__ = "ntf_delivery"
    __table_args__ = (
        UniqueConstraint("order_no", "kind", "recipient_id"),
        CheckConstraint("(state = 'pending') = (next_try_at IS NOT NULL)", name="pending_is_due"),
        Index("ix_ntf_delivery_due", "next_try_at"),
        Index("ix_ntf_delivery_finished", "finished_at"),
        Index("ix_ntf_delivery_order_no", "order_no", "id"),
        Index("ix_ntf_delivery_state", "state", "id"),
    )

    kind: Mapped[Kind] = mapped_column(EnumText(Kind, "kind"))
    order_no: Mapped[str] = mapped_column(Code(32))
    recipient_id: Mapped[int] = mapped_column(BigId)
    channel: Mapped[Channel] = mapped_column(EnumText(Channel, "channel"))

    @classmethod
    def book(cls, kind: Kind, channel: Channel, *, order_no: str, recipient_id: int, at: datetime) -> Delivery:
        """A new delivery, due at once."""
        return cls(
            kind=kind,
            channel=channel,
            order_no=order_no,
            recipient_id=recipient_id,
            state=DeliveryState.PENDING,
            tries=0,
            next_try_at=at,
            created_at=at,
        )

    def __str__(self) -> str:
        return f"{self.kind.value} of order {self.order_no}"

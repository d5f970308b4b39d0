"""An order's lines and its history."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.order.domain.status import OrderAction, OrderStatus
from kit.db.types import BigId, Code, EnumText, Fen, UtcDateTime
from kit.domain.entity import Entity, Identified


class OrderLine(Identified, Entity):
    """What was true of a SKU when it was ordered. Never changes."""

    __tablename__ = "ord_line"
    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("amount_fen = price_fen * quantity", name="amount_adds_up"),
    )

    order_id: Mapped[int] = mapped_column(BigId, ForeignKey("ord_order.id"))
    position: Mapped[int] = mapped_column(Integer)
    sku_id: Mapped[int] = mapped_column(BigId)
    product_id: Mapped[int] = mapped_column(BigId)
    sku_code: Mapped[str] = mapped_column(Code(64))
    title: Mapped[str] = mapped_column(String(200))
    spec_text: Mapped[str] = mapped_column(String(500))
    image_url: Mapped[str] = mapped_column(String(500))
    unit: Mapped[str] = mapped_column(String(20))
    price_fen: Mapped[int] = mapped_column(Fen)
    quantity: Mapped[int] = mapped_column(Integer)
    amount_fen: Mapped[int] = mapped_column(Fen)


class OrderHistory(Identified, Entity):
    """One state change, written in its transaction. Only ever added to."""

    __tablename__ = "ord_history"

    order_id: Mapped[int] = mapped_column(BigId, ForeignKey("ord_order.id"), index=True)
    action: Mapped[OrderAction] = mapped_column(EnumText(OrderAction, "action"))
    from_status: Mapped[OrderStatus | None] = mapped_column(EnumText(OrderStatus, "from_status"))
    to_status: Mapped[OrderStatus] = mapped_column(EnumText(OrderStatus, "to_status"))
    operator: Mapped[str] = mapped_column(Code(40))
    note: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

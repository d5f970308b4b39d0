"""The history of prices (改价记录): append-only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.types import BigId, Code, Fen, UtcDateTime
from kit.domain.entity import Entity, Identified


class PriceChange(Identified, Entity):
    """One SKU's price or list price became another, by whatever way. A SKU's first price is no change."""

    __tablename__ = "cat_price_change"
    __table_args__ = (
        Index("ix_cat_price_change_product_id", "product_id", "id"),
        Index("ix_cat_price_change_sku_id", "sku_id", "id"),
    )

    product_id: Mapped[int] = mapped_column(BigId, ForeignKey("cat_product.id"))
    sku_id: Mapped[int] = mapped_column(BigId, ForeignKey("cat_sku.id"))
    old_price_fen: Mapped[int] = mapped_column(Fen)
    new_price_fen: Mapped[int] = mapped_column(Fen)
    old_list_price_fen: Mapped[int | None] = mapped_column(Fen)
    new_list_price_fen: Mapped[int | None] = mapped_column(Fen)
    actor: Mapped[str] = mapped_column(Code(40))
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

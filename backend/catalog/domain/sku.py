"""SKUs: what is actually bought, one per combination of spec values."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.catalog.domain.facts import SkuFacts
from backend.catalog.domain.spec import Spec, as_json, from_json
from kit.db.types import BigId, Code, Fen, UtcDateTime
from kit.domain.entity import Entity, Identified


class Sku(Identified, Entity):
    """Changed through its `Product` alone, which carries the version. `in_stock` is a projection of inventory."""

    __tablename__ = "cat_sku"
    __table_args__ = (
        UniqueConstraint("product_id", "spec_key"),
        CheckConstraint("price_fen >= 0", name="price_not_negative"),
        CheckConstraint("list_price_fen >= 0", name="list_price_not_negative"),
    )

    product_id: Mapped[int] = mapped_column(BigId, ForeignKey("cat_product.id"))
    code: Mapped[str] = mapped_column(Code(64), unique=True)
    position: Mapped[int] = mapped_column(Integer)
    spec: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    spec_text: Mapped[str] = mapped_column(String(500))
    spec_key: Mapped[str] = mapped_column(Code(64))
    price_fen: Mapped[int] = mapped_column(Fen)
    list_price_fen: Mapped[int | None] = mapped_column(Fen)
    image_url: Mapped[str | None] = mapped_column(String(500))
    in_stock: Mapped[bool] = mapped_column(Boolean, default=False)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_live(self) -> bool:
        """Part of the product, whatever the product's own status."""
        return self.archived_at is None

    @property
    def running_number(self) -> int:
        """The last part of the code."""
        return int(self.code.rpartition("-")[2])

    def facts(self) -> SkuFacts:
        """What is known of it, as a value."""
        return SkuFacts(
            spec=Spec(from_json(self.spec)),
            price_fen=self.price_fen,
            list_price_fen=self.list_price_fen,
            image_url=self.image_url,
        )

    def take(self, facts: SkuFacts, *, position: int) -> bool:
        """Become a live SKU of these facts; False when it was that already."""
        if self.is_live and self.position == position and self.facts() == facts:
            return False
        self.archived_at = None
        self.position = position
        self.spec = as_json(facts.spec.pairs)
        self.spec_text, self.spec_key = facts.spec.text, facts.spec.key
        self.price_fen, self.list_price_fen = facts.price_fen, facts.list_price_fen
        self.image_url = facts.image_url
        return True

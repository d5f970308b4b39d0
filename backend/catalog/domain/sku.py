"""SKUs: what is actually bought, one per combination of spec values."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.catalog.domain.facts import SkuFacts
from backend.catalog.domain.said import said
from backend.catalog.domain.spec import Spec, as_json, from_json
from kit.db.types import BigId, Code, Fen, UtcDateTime
from kit.domain.entity import Entity, Identified

# Units that one order may hold at most, where a SKU has a limit of its own (每单限购).
MAX_ORDER_LIMIT = 999


class Sku(Identified, Entity):
    """Changed through its `Product`, which carries the version. `in_stock`, `low_count`: projections of inventory."""

    __tablename__ = "cat_sku"
    __table_args__ = (
        UniqueConstraint("product_id", "spec_key"),
        Index("uq_cat_sku_bar_code", "bar_code", unique=True),
        CheckConstraint("price_fen >= 0", name="price_not_negative"),
        CheckConstraint("list_price_fen >= 0", name="list_price_not_negative"),
        CheckConstraint("cost_fen >= 0", name="cost_not_negative"),
        CheckConstraint("weight_g >= 0", name="weight_not_negative"),
        CheckConstraint("order_limit > 0", name="order_limit_positive"),
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
    # Unique among live SKUs: archiving gives it back (NULL never collides).
    bar_code: Mapped[str | None] = mapped_column(Code(32))
    weight_g: Mapped[int | None] = mapped_column(Integer)
    cost_fen: Mapped[int | None] = mapped_column(Fen)
    order_limit: Mapped[int | None] = mapped_column(Integer)
    in_stock: Mapped[bool] = mapped_column(Boolean, default=False)
    # The last units, when so few are left that customers see the number; else None.
    low_count: Mapped[int | None] = mapped_column(Integer)
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
            bar_code=self.bar_code,
            weight_g=self.weight_g,
            cost_fen=self.cost_fen,
            order_limit=self.order_limit,
        )

    def take(self, facts: SkuFacts, *, position: int) -> bool:
        """Become a live SKU of these facts; what they leave unsaid stays. False when it was that already."""
        wanted = said(facts) | {"position": position, "archived_at": None, "spec": as_json(facts.spec.pairs)}
        changed = {name: value for name, value in wanted.items() if getattr(self, name) != value}
        for name, value in changed.items():
            setattr(self, name, value)
        if "spec" in changed:
            self.spec_text, self.spec_key = facts.spec.text, facts.spec.key
        return bool(changed)

    def archive(self, *, at: datetime) -> None:
        """归档: kept for old orders. Its bar code is free for another."""
        self.archived_at = at
        self.bar_code = None

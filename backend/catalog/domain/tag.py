"""Tags (标签): short labels that a customer filters by."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.catalog.domain.naming import name_key
from kit.db.types import BigId, Code
from kit.domain.entity import Aggregate, Entity

MAX_TAGS = 20


class Tag(Aggregate):
    """A label without a history: it is deleted, not archived."""

    __tablename__ = "cat_tag"

    name: Mapped[str] = mapped_column(String(30))
    name_key: Mapped[str] = mapped_column(Code(64), unique=True)
    sort_order: Mapped[int] = mapped_column(Integer, default=0)

    def describe(self, *, name: str, sort_order: int) -> None:
        """Become what staff say."""
        self.name, self.name_key, self.sort_order = name, name_key(name), sort_order


class ProductTag(Entity):
    """A product wears a tag. Changed through `Product`."""

    __tablename__ = "cat_product_tag"
    __table_args__ = (Index("ix_cat_product_tag_tag_id", "tag_id", "product_id"),)

    product_id: Mapped[int] = mapped_column(BigId, ForeignKey("cat_product.id"), primary_key=True, autoincrement=False)
    tag_id: Mapped[int] = mapped_column(BigId, ForeignKey("cat_tag.id"), primary_key=True, autoincrement=False)

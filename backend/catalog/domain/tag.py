"""Tags (标签): short labels that a customer filters by."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.catalog.domain.naming import name_key
from backend.catalog.domain.said import UNSAID, Unsaid, take_said
from kit.db.types import BigId, Code
from kit.domain.entity import Aggregate, Entity

MAX_TAGS = 20


@dataclass(frozen=True, kw_only=True)
class TagFacts:
    """What staff say about a tag; UNSAID: stays as it is."""

    name: str
    sort_order: int | Unsaid = UNSAID


class Tag(Aggregate):
    """A label without a history: it is deleted, not archived."""

    __tablename__ = "cat_tag"
    __table_args__ = (Index("ix_cat_tag_sort_order", "sort_order", "id"),)

    name: Mapped[str] = mapped_column(String(30))
    name_key: Mapped[str] = mapped_column(Code(64), unique=True)
    sort_order: Mapped[int] = mapped_column(Integer, default=0)

    def describe(self, facts: TagFacts) -> None:
        """Become what staff say."""
        take_said(self, facts)
        self.name_key = name_key(facts.name)


class ProductTag(Entity):
    """A product wears a tag. Changed through `Product`."""

    __tablename__ = "cat_product_tag"
    __table_args__ = (Index("ix_cat_product_tag_tag_id", "tag_id", "product_id"),)

    product_id: Mapped[int] = mapped_column(BigId, ForeignKey("cat_product.id"), primary_key=True, autoincrement=False)
    tag_id: Mapped[int] = mapped_column(BigId, ForeignKey("cat_tag.id"), primary_key=True, autoincrement=False)

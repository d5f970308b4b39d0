"""Spec templates (规格模板): what the SKUs of a category's products usually differ in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.catalog.domain.naming import name_key
from kit.db.types import BigId, Code
from kit.domain.entity import Aggregate


@dataclass(frozen=True, kw_only=True)
class TemplateFacts:
    """What staff say about a template. `specs`: ``[{"name": "颜色", "values": ["红", "蓝"]}, …]`` as displayed."""

    category_id: int
    name: str
    specs: list[dict[str, Any]]


class SpecTemplate(Aggregate):
    """A suggestion: products made from it do not know it any more, so it may change or go at any time."""

    __tablename__ = "cat_spec_template"
    __table_args__ = (
        UniqueConstraint("category_id", "name_key"),
        Index("ix_cat_spec_template_category_id", "category_id", "id"),
    )

    category_id: Mapped[int] = mapped_column(BigId, ForeignKey("cat_category.id"))
    name: Mapped[str] = mapped_column(String(50))
    name_key: Mapped[str] = mapped_column(Code(64))
    specs: Mapped[list[dict[str, Any]]] = mapped_column(JSON)

    def describe(self, facts: TemplateFacts) -> None:
        """Become what staff say."""
        self.category_id, self.name, self.specs = facts.category_id, facts.name, facts.specs
        self.name_key = name_key(facts.name)

"""Spec templates (规格模板): what the SKUs of a category's products usually differ in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.catalog.domain.naming import name_key
from kit.db.types import BigId, Code
from kit.domain.entity import Aggregate


class SpecTemplate(Aggregate):
    """A suggestion: products made from it do not know it any more, so it may change or go at any time."""

    __tablename__ = "cat_spec_template"
    __table_args__ = (UniqueConstraint("category_id", "name_key"),)

    category_id: Mapped[int] = mapped_column(BigId, ForeignKey("cat_category.id"))
    name: Mapped[str] = mapped_column(String(50))
    name_key: Mapped[str] = mapped_column(Code(64))
    # [{"name": "颜色", "values": ["红", "蓝"]}, …] in order of display.
    specs: Mapped[list[dict[str, Any]]] = mapped_column(JSON)

    def describe(self, *, category_id: int, name: str, specs: list[dict[str, Any]]) -> None:
        """Become what staff say."""
        self.category_id, self.name, self.name_key, self.specs = category_id, name, name_key(name), specs

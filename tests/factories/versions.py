"""What somebody who looks now would name in an edit."""

from __future__ import annotations

from sqlalchemy import select

from backend.catalog.domain.category import Category
from backend.catalog.domain.product import Product
from kit.db.extension import db
from kit.domain.entity import Aggregate


def version_of(entity: type[Aggregate], entity_id: int | str) -> int:
    """1 for what is not there."""
    return db.session.scalar(select(entity.version).where(entity.id == int(entity_id))) or 1


def product_version(product_id: int | str) -> int:
    """Of a product."""
    return version_of(Product, product_id)


def category_version(category_id: int | str) -> int:
    """Of a category."""
    return version_of(Category, category_id)

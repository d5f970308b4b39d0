"""The life of a product, as one table."""

from __future__ import annotations

from enum import StrEnum


class ProductStatus(StrEnum):
    """草稿, 在售, 已下架, 已归档."""

    DRAFT = "draft"
    ON_SALE = "on_sale"
    OFF_SALE = "off_sale"
    ARCHIVED = "archived"


# Nothing is archived from the shelf: taking it off sale first is the second thought.
TRANSITIONS: dict[ProductStatus, frozenset[ProductStatus]] = {
    ProductStatus.DRAFT: frozenset({ProductStatus.ON_SALE, ProductStatus.ARCHIVED}),
    ProductStatus.ON_SALE: frozenset({ProductStatus.OFF_SALE}),
    ProductStatus.OFF_SALE: frozenset({ProductStatus.ON_SALE, ProductStatus.ARCHIVED}),
    ProductStatus.ARCHIVED: frozenset(),
}

"""The life of a product, as one table."""

from __future__ import annotations

from kit.domain.named import NamedEnum


class ProductStatus(NamedEnum):
    """Where a product stands."""

    DRAFT = "draft", "草稿", "a draft"
    ON_SALE = "on_sale", "在售", "on sale"
    OFF_SALE = "off_sale", "已下架", "off sale"
    ARCHIVED = "archived", "已归档", "archived"


# Nothing is archived from the shelf: taking it off sale first is the second thought.
TRANSITIONS: dict[ProductStatus, frozenset[ProductStatus]] = {
    ProductStatus.DRAFT: frozenset({ProductStatus.ON_SALE, ProductStatus.ARCHIVED}),
    ProductStatus.ON_SALE: frozenset({ProductStatus.OFF_SALE}),
    ProductStatus.OFF_SALE: frozenset({ProductStatus.ON_SALE, ProductStatus.ARCHIVED}),
    ProductStatus.ARCHIVED: frozenset(),
}

"""Facts of catalog that others may hear."""

from dataclasses import dataclass

from kit.domain.event import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ProductsChanged(DomainEvent):
    """Something customers see of these may be different now: text, price, shelf, stock. Ask for their state."""

    name = "catalog.products_changed"

    product_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class CategoryChanged(DomainEvent):
    """A category has another name or another place; what stands in it or below is found by other words now."""

    name = "catalog.category_changed"

    category_id: int

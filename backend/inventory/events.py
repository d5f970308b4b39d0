"""Facts of inventory that others may hear."""

from dataclasses import dataclass

from kit.domain.event import DomainEvent


@dataclass(frozen=True, kw_only=True)
class AvailabilityChanged(DomainEvent):
    """These SKUs became sold out, or available again. Deliveries may be reordered: ask for the levels."""

    name = "inventory.availability_changed"

    sku_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class LowStockReached(DomainEvent):
    """What may be sold of these SKUs at this location has fallen to their minimum; once until it rises above it."""

    name = "inventory.low_stock_reached"

    location_id: int
    sku_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class OverstockReached(DomainEvent):
    """More than their maximum of these SKUs is at this location; once until it falls to it."""

    name = "inventory.overstock_reached"

    location_id: int
    sku_ids: tuple[int, ...]

"""Facts of inventory that others may hear."""

from dataclasses import dataclass

from kit.domain.event import DomainEvent

# From here down customers are told how many there are: every unit that comes or goes is a fact, above it none is.
LAST_UNITS = 5


@dataclass(frozen=True, kw_only=True)
class AvailabilityChanged(DomainEvent):
    """These SKUs sold out, came back, or some of their last `LAST_UNITS` units moved.

    Deliveries may be reordered: ask for the levels.
    """

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

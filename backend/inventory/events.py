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

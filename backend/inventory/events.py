"""Facts of inventory that others may hear."""

from dataclasses import dataclass

from kit.domain.event import DomainEvent


@dataclass(frozen=True, kw_only=True)
class AvailabilityChanged(DomainEvent):
    """These SKUs became sold out, or available again. Deliveries may be reordered: ask for the levels."""

    name = "inventory.availability_changed"

    sku_ids: tuple[int, ...]

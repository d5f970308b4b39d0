"""Tells others which rows passed a mark, with one statement."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from backend.inventory.domain.movement import StockLevel, crossings
from backend.inventory.events import AvailabilityChanged, LowStockReached, OverstockReached
from kit.domain.event import DomainEvent
from kit.event.outbox import add_events


def announce(pairs: Iterable[tuple[StockLevel, StockLevel]], *, at: datetime) -> None:
    """Of rows before and after a movement; call inside its use case."""
    found = crossings(pairs)
    facts: list[DomainEvent] = [AvailabilityChanged(sku_ids=found.availability)] if found.availability else []
    facts += [LowStockReached(location_id=place, sku_ids=skus) for place, skus in sorted(found.low.items())]
    facts += [OverstockReached(location_id=place, sku_ids=skus) for place, skus in sorted(found.over.items())]
    add_events(facts, at=at)

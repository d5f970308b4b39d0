"""What may be sold: at all sellable locations together, without what has expired in this very moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from backend.inventory.repository.stock import StockRepository
from backend.inventory.service.shelf_life import ShelfLife
from kit.domain.clock import utc_now


class Availability:
    """One statement; a second one only while a batch has expired and nobody has booked it yet."""

    def __init__(self, stock: StockRepository, shelf_life: ShelfLife, clock: Callable[[], datetime] = utc_now) -> None:
        self.stock = stock
        self.shelf_life = shelf_life
        self.clock = clock

    def of(self, sku_ids: Sequence[int]) -> dict[int, int]:
        """SKU → units; one that has no stock row is missing."""
        now = self.clock()
        rows = self.stock.everywhere(sku_ids)
        due = [row.key for row in rows if row.sellable and row.expires(by=now)]
        gone = self.shelf_life.expired_unbooked(due, now=now) if due else {}
        found: dict[int, int] = {}
        for row in rows:
            units = max(row.free - gone.get(row.key, 0), 0) if row.sellable else 0
            found[row.sku_id] = found.get(row.sku_id, 0) + units
        return found

"""What customers are told of a SKU's stock (库存状态)."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from backend.inventory.events import LAST_UNITS


class StockState(StrEnum):
    """有货, 仅剩几件, 售罄."""

    IN_STOCK = "in_stock"
    LOW = "low"
    SOLD_OUT = "sold_out"


class StockSeen(NamedTuple):
    """As a SKU's row keeps it; `low_count` is the number that is left, when it is one of the last few."""

    in_stock: bool
    low_count: int | None

    @classmethod
    def of(cls, available: int) -> StockSeen:
        """Of the units that may still be sold."""
        return cls(available > 0, available if 0 < available <= LAST_UNITS else None)

    @property
    def state(self) -> StockState:
        """In one word."""
        if not self.in_stock:
            return StockState.SOLD_OUT
        return StockState.IN_STOCK if self.low_count is None else StockState.LOW

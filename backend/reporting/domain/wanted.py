"""What a report job shall contain, as its job keeps it (JSON)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

ORDERS = "reporting.orders"
"""Kind of job: orders as a file for staff."""
MY_ORDERS = "reporting.my_orders"
"""Kind of job: a buyer's own orders by mail."""


@dataclass(frozen=True, kw_only=True)
class WantedOrders:
    """Which orders, as which format. None: no bound."""

    format: str
    buyer_id: int | None = None
    status: str | None = None
    placed_from: datetime | None = None
    placed_to: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """For `from_json`."""
        return vars(self) | {"placed_from": _text(self.placed_from), "placed_to": _text(self.placed_to)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> WantedOrders:
        """What `as_json` gave."""
        moments = {name: _moment(stored[name]) for name in ("placed_from", "placed_to")}
        return cls(**{**stored, **moments})


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)

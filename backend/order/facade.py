"""What the timers and other contexts may ask of order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from backend.order.domain.number import SHOP_ZONE
from backend.order.domain.status import OrderStatus
from backend.order.service.streaming import OrderRecord, OrderRecordLine, OrderSelection
from backend.order.wiring import services

__all__ = [
    "SHOP_ZONE",
    "OrderRecord",
    "OrderRecordLine",
    "OrderSelection",
    "OrderStatus",
    "close_unpaid",
    "count_orders",
    "stream_orders",
]


def close_unpaid(*, now: datetime) -> int:
    """Expire unpaid orders whose time is over; returns how many."""
    return services().cancellation.close_due(now=now)


def count_orders(*, selection: OrderSelection, most: int) -> int:
    """How many orders these are, counting no further than `most`. No use case may be open."""
    return services().streaming.count(selection, most=most)


def stream_orders(*, selection: OrderSelection) -> Iterator[list[OrderRecord]]:
    """These orders, the oldest first, some hundreds at a time, with two statements each. No use case may be open."""
    return services().streaming.chunks(selection)

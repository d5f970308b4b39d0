"""What the timers and other contexts may ask of order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from backend.order.domain.error import OrderNotFound
from backend.order.domain.number import SHOP_ZONE
from backend.order.domain.status import OrderStatus
from backend.order.service.streaming import OrderRecord, OrderRecordLine, OrderSelection
from backend.order.wiring import services

__all__ = [
    "SHOP_ZONE",
    "OrderCard",
    "OrderNotFound",
    "OrderRecord",
    "OrderRecordLine",
    "OrderSelection",
    "OrderStatus",
    "card",
    "close_unpaid",
    "count_orders",
    "stream_orders",
]


@dataclass(frozen=True, kw_only=True)
class OrderCard:
    """What to tell the buyer about an order. Amount in fen; times aware, UTC; None until it is paid, or shipped."""

    order_no: str
    buyer_id: int
    payable_fen: int
    item_count: int
    first_title: str
    paid_at: datetime | None
    express_company: str | None
    tracking_no: str | None
    shipped_at: datetime | None


def card(*, order_no: str) -> OrderCard:
    """One order as it is now; joins the caller's transaction. Raises `OrderNotFound`."""
    row = services().query.card(order_no)
    return OrderCard(
        order_no=row.no,
        buyer_id=row.buyer_id,
        payable_fen=row.payable_fen,
        item_count=row.item_count,
        first_title=row.first_title,
        paid_at=row.paid_at,
        express_company=row.express_company,
        tracking_no=row.tracking_no,
        shipped_at=row.shipped_at,
    )


def close_unpaid(*, now: datetime) -> int:
    """Expire unpaid orders whose time is over; returns how many."""
    return services().cancellation.close_due(now=now)


def count_orders(*, selection: OrderSelection, most: int) -> int:
    """How many orders these are, counting no further than `most`. No use case may be open."""
    return services().streaming.count(selection, most=most)


def stream_orders(*, selection: OrderSelection) -> Iterator[list[OrderRecord]]:
    """These orders, the oldest first, some hundreds at a time, with two statements each. No use case may be open."""
    return services().streaming.chunks(selection)

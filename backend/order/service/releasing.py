"""Gives the stock of a closed order back; the last step of its transaction."""

from __future__ import annotations

from datetime import datetime

from loguru import logger

from backend.inventory import facade as inventory
from backend.order.domain.order import Order
from backend.order.repository.order import OrderRepository


def release_stock(orders: OrderRepository, order: Order, *, by: str, now: datetime) -> None:
    """Call inside a use case, once the order is closed."""
    orders.flush()  # before the contended stock rows are locked
    reason = order.close_reason or "closed"
    if not inventory.release(reference=order.payment_subject, reason=reason, operator=by, now=now):
        # Never silently: an order that was live held stock.
        logger.error("order {} was closed and held no stock", order.no)

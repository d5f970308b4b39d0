"""Paid goods leave, and arrive."""

from __future__ import annotations

from datetime import datetime

from loguru import logger

from backend.inventory import facade as inventory
from backend.order.domain.order import Order
from backend.order.repository.order import OrderRepository
from kit.service.transaction import transactional


class Fulfilment:
    """Shipping by staff, receipt by the buyer."""

    def __init__(self, orders: OrderRepository) -> None:
        self.orders = orders

    @transactional
    def ship(self, *, operator: str, order_no: str, express_company: str, tracking_no: str, now: datetime) -> Order:
        """The parcel is with the carrier; its stock is deducted. Raises `ActionNotAllowed`."""
        order = self.orders.of_no(order_no)
        order.ship(by=operator, express_company=express_company, tracking_no=tracking_no, at=now)
        self.orders.flush()
        if not inventory.deduct(reference=order.payment_subject, operator=operator, now=now):
            # Never silently: goods leave that no reservation stands for.
            logger.error("order {} shipped without an open reservation", order_no)
            raise AssertionError(f"order {order_no} holds no stock")
        return order

    @transactional
    def confirm_receipt(self, *, buyer_id: int, order_no: str, now: datetime) -> Order:
        """The buyer has the goods. Raises `ActionNotAllowed`."""
        order = self.orders.of_buyer(buyer_id, order_no)
        order.confirm_receipt(by=f"member:{buyer_id}", at=now)
        return order

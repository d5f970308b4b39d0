"""Takes an unpaid order back.

Stock returns in the reaction to PaymentClosed; at once only if nothing was ever sent to WeChat.
"""

from __future__ import annotations

from datetime import datetime

from loguru import logger

from backend.order.domain.order import Order
from backend.order.repository.order import OrderRepository
from backend.order.service.releasing import release_stock
from backend.payment import facade as payment
from kit.service.transaction import transactional

_BATCH = 200


class Cancellation:
    """By the buyer, by staff, or because the time to pay is over."""

    def __init__(self, orders: OrderRepository) -> None:
        self.orders = orders

    @transactional
    def by_buyer(self, *, buyer_id: int, order_no: str, reason: str, now: datetime) -> Order:
        """The buyer changed their mind. Raises `ActionNotAllowed`."""
        order = self.orders.of_buyer(buyer_id, order_no)
        return self._cancel(order, by=f"member:{buyer_id}", reason=reason, now=now)

    @transactional
    def by_staff(self, *, operator: str, order_no: str, reason: str, now: datetime) -> Order:
        """Staff take an unpaid order back. Raises `ActionNotAllowed`."""
        return self._cancel(self.orders.of_no(order_no), by=operator, reason=reason, now=now)

    def close_due(self, *, now: datetime) -> int:
        """Expire every unpaid order whose time is over, each in its own transaction; returns how many."""
        numbers = self._due(now)
        expired = 0
        for number in numbers:
            try:
                expired += self._expire(number, now)
            except Exception:
                # One order that cannot be closed must not keep the others open.
                logger.exception("order {} could not be expired; tried again", number)
        return expired

    @transactional
    def _due(self, now: datetime) -> list[str]:
        """Unpaid orders whose time is over, and closing ones that have waited suspiciously long."""
        overdue = self.orders.due_for_closing(now=now, limit=_BATCH)
        return [*overdue, *self.orders.to_follow_up(now=now, limit=_BATCH)]

    @transactional
    def _expire(self, order_no: str, now: datetime) -> bool:
        order = self.orders.of_no(order_no)
        if order.can_close():
            return self._follow_up(order, now)
        if not order.can_expire(at=now):
            return False
        must_wait = payment.request_close(subject=order.payment_subject, now=now)
        order.expire(must_wait=must_wait, at=now)
        if not must_wait:
            release_stock(self.orders, order, by="system:deadline", now=now)
        return True

    def _follow_up(self, order: Order, now: datetime) -> bool:
        if payment.follow_up_close(subject=order.payment_subject, now=now):
            order.wait_on(at=now)
            return False
        logger.error("order {} was closed at WeChat and had not heard of it", order.no)
        order.close(at=now)
        release_stock(self.orders, order, by="system:deadline", now=now)
        return True

    def _cancel(self, order: Order, *, by: str, reason: str, now: datetime) -> Order:
        must_wait = order.can_cancel() and payment.request_close(subject=order.payment_subject, now=now)
        order.request_cancel(by=by, reason=reason, must_wait=must_wait, at=now)
        if not must_wait:
            release_stock(self.orders, order, by=by, now=now)
        return order

"""What order does when it hears a fact. Each runs once per event, in one transaction, in any sequence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from loguru import logger

from backend.catalog import facade as catalog
from backend.media import facade as media
from backend.order.domain.error import OrderNotFound
from backend.order.domain.number import order_no_of
from backend.order.domain.order import Order
from backend.order.events import OrderPaid
from backend.order.repository.order import OrderRepository
from backend.order.service.releasing import release_stock
from backend.payment import facade as payment
from backend.payment.events import PaymentClosed, PaymentSucceeded
from kit.domain.clock import utc_now
from kit.service.transaction import transactional

# Who uses the pictures of what was bought, in media's books: one user for all orders.
_ORDERS = "orders"


class Reaction:
    """Money for a live order is accepted; any other money goes back."""

    def __init__(self, orders: OrderRepository, clock: Callable[[], datetime] = utc_now) -> None:
        self.orders = orders
        self.clock = clock

    @transactional
    def on_payment_succeeded(self, event: PaymentSucceeded) -> None:
        """Mark the order paid, or give the money back."""
        now = self.clock()
        order = self._order(event.subject)
        if order is None or order.has_accepted(event.transaction_id):
            return
        if order.can_accept_payment(event.amount_fen):
            order.accept_payment(
                transaction_id=event.transaction_id, paid_at=datetime.fromisoformat(event.paid_at), at=now
            )
            return
        logger.warning("order {} is {} and was paid: money goes back", order.no, order.status.value)
        payment.give_back(transaction_id=event.transaction_id, reason=f"order {order.status.value}", now=now)

    @transactional
    def on_payment_closed(self, event: PaymentClosed) -> None:
        """Nobody can pay any more: a closing order is closed and its stock released."""
        now = self.clock()
        order = self._order(event.subject)
        if order is None:
            return
        if order.can_expire(at=now):
            # WeChat closed it at the deadline before our own sweep came by.
            if payment.request_close(subject=event.subject, now=now):
                return
            order.expire(must_wait=False, at=now)
        elif order.can_close() and not payment.request_close(subject=event.subject, now=now):
            order.close(at=now)
        else:
            return
        release_stock(self.orders, order, by="system:payment", now=now)

    @transactional
    def on_order_paid(self, event: OrderPaid) -> None:
        """Paid is sold: media keeps the pictures that the order shows for ever, catalog counts, last, the units.

        Lists need not wait until the goods have arrived.
        """
        media.keep(keys=media.keys_in(texts=self.orders.pictures_of(event.order_no)), user=_ORDERS)
        catalog.count_sales(units=self.orders.units_of(event.order_no))

    def _order(self, subject: str) -> Order | None:
        order_no = order_no_of(subject)
        if order_no is None:
            return None
        try:
            return self.orders.of_no(order_no)
        except OrderNotFound:
            logger.error("payment event for {}, which does not exist", subject)
            raise

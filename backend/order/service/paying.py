"""The buyer wants to pay: the attempt is committed with the order, then WeChat is asked."""

from __future__ import annotations

from datetime import datetime

from backend.order.repository.order import OrderRepository
from backend.payment import facade as payment
from backend.user import facade as user
from kit.service.transaction import transactional


class Paying:
    """Talks to WeChat, so `start` is no transaction; its first step is."""

    def __init__(self, orders: OrderRepository, shop_name: str) -> None:
        self.orders = orders
        self.shop_name = shop_name

    def start(self, *, buyer_id: int, order_no: str, now: datetime) -> dict[str, str]:
        """The signed arguments of wx.requestPayment. Asking again continues the same payment."""
        attempt_id = self._request(buyer_id, order_no, now)
        return payment.parameters(attempt_id=attempt_id, now=now)

    @transactional
    def _request(self, buyer_id: int, order_no: str, now: datetime) -> int:
        order = self.orders.of_buyer(buyer_id, order_no)
        order.check_payable(at=now)
        assert order.due_at is not None
        requested = payment.request(
            subject=order.payment_subject,
            number=order.no,
            amount_fen=order.payable_fen,
            description=f"{self.shop_name} {order.no}",
            payer_openid=user.openid(customer_id=buyer_id, appid=payment.payer_appid()),
            expires_at=order.due_at,
            now=now,
        )
        if requested.is_new:
            order.begin_payment()
        return requested.attempt_id

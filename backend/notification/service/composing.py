"""The facts of an order, as the words of a message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from backend.notification.domain.delivery import Channel, Delivery, Kind
from backend.notification.domain.plan import Plan
from backend.notification.domain.port import NotConfigured
from backend.notification.domain.wording import WORDINGS, OrderFacts
from backend.notification.service.outlet import Outlet
from backend.order import facade as order


class Composing:
    """`plans` say how each kind is sent, `outlets` by whom and to which address."""

    def __init__(self, plans: Mapping[Kind, Plan], outlets: Mapping[Channel, Outlet]) -> None:
        self.plans = plans
        self.outlets = outlets

    def prepare(self, delivery: Delivery) -> Callable[[], None]:
        """The call that sends it. Raises `NotDelivered`."""
        plan, outlet = self.plans[delivery.kind], self.outlets[delivery.channel]
        if not plan.is_configured():
            raise NotConfigured("no template configured")
        to = outlet.address_of(delivery.recipient_id)
        message = plan.message(to, delivery.order_no, words_of(delivery.kind, delivery.order_no))
        return partial(outlet.messenger.send, message)


def words_of(kind: Kind, order_no: str) -> dict[str, str]:
    """What `kind` says of this order; joins the caller's transaction. Raises `OrderNotFound`."""
    card = order.card(order_no=order_no)
    facts = OrderFacts(
        order_no=card.order_no,
        payable_fen=card.payable_fen,
        item_count=card.item_count,
        first_title=card.first_title,
        paid_at=card.paid_at,
        express_company=card.express_company,
        tracking_no=card.tracking_no,
        shipped_at=card.shipped_at,
    )
    return WORDINGS[kind](facts)

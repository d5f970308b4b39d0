"""Manifest of order."""

from backend.order.api.admin import admin
from backend.order.api.shop import shop
from backend.order.events import OrderPaid
from backend.order.permission import OrderPermission
from backend.order.wiring import services, wire
from backend.payment.events import PaymentClosed, PaymentSucceeded
from kit.context.module import Module
from kit.event.bus import Subscription


def accept_payment(event: PaymentSucceeded) -> None:
    """The right amount arrived."""
    services().reaction.on_payment_succeeded(event)


def finish_closing(event: PaymentClosed) -> None:
    """Nobody can pay any more."""
    services().reaction.on_payment_closed(event)


def count_sales(event: OrderPaid) -> None:
    """Catalog orders its lists by what was sold."""
    services().reaction.on_order_paid(event)


module = Module(
    name="order",
    wire=wire,
    blueprints=(shop, admin),
    subscriptions=(
        Subscription("order.accept_payment", PaymentSucceeded, accept_payment),
        Subscription("order.finish_closing", PaymentClosed, finish_closing),
        Subscription("order.count_sales", OrderPaid, count_sales),
    ),
    permissions=(OrderPermission,),
)

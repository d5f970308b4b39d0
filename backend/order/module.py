"""Manifest of order."""

from backend.order.api.admin import admin
from backend.order.api.shop import shop
from backend.order.permission import OrderPermission
from backend.order.wiring import services, wire
from backend.payment.events import PaymentClosed, PaymentSucceeded
from kit.event.bus import Subscription
from kit.service.module import Module

module = Module(
    name="order",
    wire=wire,
    blueprints=(shop, admin),
    subscriptions=(
        Subscription(
            "order.accept_payment", PaymentSucceeded, lambda event: services().reaction.on_payment_succeeded(event)
        ),
        Subscription("order.finish_closing", PaymentClosed, lambda event: services().reaction.on_payment_closed(event)),
    ),
    permissions=(OrderPermission,),
)

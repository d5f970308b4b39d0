"""Manifest of wish."""

from backend.order.events import OrderCompleted
from backend.wish.api.shop import shop
from backend.wish.wiring import services, wire
from kit.context.module import Module
from kit.event.bus import Subscription


def forget_wishes(event: OrderCompleted) -> None:
    """Something was received."""
    services().wishing.on_order_completed(event)


module = Module(
    name="wish",
    wire=wire,
    blueprints=(shop,),
    subscriptions=(Subscription("wish.forget_wishes", OrderCompleted, forget_wishes),),
)

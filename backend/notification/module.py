"""Manifest of notification."""

from backend.notification.api.admin import admin
from backend.notification.api.shop import shop
from backend.notification.domain.delivery import Kind
from backend.notification.permission import NotificationPermission
from backend.notification.wiring import services, wire
from backend.order.events import OrderPaid, OrderShipped
from kit.context.module import Module
from kit.event.bus import Subscription


def tell_paid(event: OrderPaid) -> None:
    """The buyer is told that the money arrived."""
    services().booking.tell(Kind.ORDER_PAID, order_no=event.order_no, recipient_id=event.buyer_id)


def tell_shipped(event: OrderShipped) -> None:
    """The buyer is told that the goods are under way."""
    services().booking.tell(Kind.ORDER_SHIPPED, order_no=event.order_no, recipient_id=event.buyer_id)


module = Module(
    name="notification",
    wire=wire,
    blueprints=(shop, admin),
    subscriptions=(
        Subscription("notification.tell_paid", OrderPaid, tell_paid),
        Subscription("notification.tell_shipped", OrderShipped, tell_shipped),
    ),
    permissions=(NotificationPermission,),
)

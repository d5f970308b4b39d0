"""Manifest of notification."""

from backend.approval.events import (
    ApprovalCommented,
    ApprovalExpired,
    ApprovalGranted,
    ApprovalRejected,
    ApprovalRequested,
    ApprovalStale,
    ApprovalWithdrawn,
)
from backend.inventory.events import LowStockReached, OverstockReached
from backend.notification.api.admin import admin
from backend.notification.api.notices import notices
from backend.notification.api.shop import shop
from backend.notification.domain.delivery import Kind
from backend.notification.domain.notice import NoticeKind
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


def ask_deciders(event: ApprovalRequested) -> None:
    """Who may decide hears that something waits for them."""
    services().noticing.ask_deciders(event.request_id, event.step)


def tell_granted(event: ApprovalGranted) -> None:
    """The requester hears of it, unless they did it themselves."""
    if not event.directly:
        services().noticing.tell_requester(NoticeKind.APPROVAL_GRANTED, event.request_id)


def tell_rejected(event: ApprovalRejected) -> None:
    """The requester hears of it."""
    services().noticing.tell_requester(NoticeKind.APPROVAL_REJECTED, event.request_id)


def tell_withdrawn(event: ApprovalWithdrawn) -> None:
    """Whoever was asked to decide need not any more."""
    services().noticing.tell_asked(NoticeKind.APPROVAL_WITHDRAWN, event.request_id)


def tell_expired(event: ApprovalExpired) -> None:
    """The requester, and whoever should have decided."""
    services().noticing.tell_requester(NoticeKind.APPROVAL_EXPIRED, event.request_id)
    services().noticing.tell_asked(NoticeKind.APPROVAL_EXPIRED, event.request_id)


def tell_stale(event: ApprovalStale) -> None:
    """The requester may submit it again; whoever was asked need not decide."""
    services().noticing.tell_requester(NoticeKind.APPROVAL_STALE, event.request_id)
    services().noticing.tell_asked(NoticeKind.APPROVAL_STALE, event.request_id)


def tell_comment(event: ApprovalCommented) -> None:
    """The other side hears what was said."""
    services().noticing.tell_comment(event.comment_id)


def tell_low_stock(event: LowStockReached) -> None:
    """Who sees to the stock hears what has to be reordered."""
    services().stock_noticing.tell_low(event.location_id, event.sku_ids)


def tell_overstock(event: OverstockReached) -> None:
    """Who sees to the stock hears of what there is too much."""
    services().stock_noticing.tell_over(event.location_id, event.sku_ids)


module = Module(
    name="notification",
    wire=wire,
    blueprints=(shop, admin, notices),
    subscriptions=(
        Subscription("notification.tell_paid", OrderPaid, tell_paid),
        Subscription("notification.tell_shipped", OrderShipped, tell_shipped),
        Subscription("notification.ask_deciders", ApprovalRequested, ask_deciders),
        Subscription("notification.tell_granted", ApprovalGranted, tell_granted),
        Subscription("notification.tell_rejected", ApprovalRejected, tell_rejected),
        Subscription("notification.tell_withdrawn", ApprovalWithdrawn, tell_withdrawn),
        Subscription("notification.tell_expired", ApprovalExpired, tell_expired),
        Subscription("notification.tell_stale", ApprovalStale, tell_stale),
        Subscription("notification.tell_comment", ApprovalCommented, tell_comment),
        Subscription("notification.tell_low_stock", LowStockReached, tell_low_stock),
        Subscription("notification.tell_overstock", OverstockReached, tell_overstock),
    ),
    permissions=(NotificationPermission,),
)

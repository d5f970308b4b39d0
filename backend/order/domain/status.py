"""The states of an order, the only ways between them, and what the customer may do in each."""

from __future__ import annotations

from kit.domain.named import NamedEnum


class OrderStatus(NamedEnum):
    """CLOSING: nobody shall pay any more, but WeChat has not confirmed it; the stock is still held."""

    PENDING_PAYMENT = "pending_payment", "待付款", "waiting for payment"
    CLOSING = "closing", "关闭中", "closing"
    CLOSED = "closed", "已关闭", "closed"
    PAID = "paid", "已付款", "paid"
    SHIPPED = "shipped", "已发货", "shipped"
    COMPLETED = "completed", "已完成", "completed"


class OrderAction(NamedEnum):
    """Everything that moves an order; the word in the history."""

    PLACE = "place", "下单", "be placed"
    PAY = "pay", "付款", "be paid"
    CANCEL = "cancel", "取消", "be cancelled"
    EXPIRE = "expire", "超时关闭", "expire"
    CLOSE = "close", "关闭", "be closed"
    SHIP = "ship", "发货", "be shipped"
    CONFIRM_RECEIPT = "confirm_receipt", "确认收货", "be confirmed as received"


_S, _A = OrderStatus, OrderAction
TRANSITIONS: dict[tuple[OrderStatus, OrderAction], frozenset[OrderStatus]] = {
    (_S.PENDING_PAYMENT, _A.PAY): frozenset({_S.PAID}),
    (_S.PENDING_PAYMENT, _A.CANCEL): frozenset({_S.CLOSING, _S.CLOSED}),
    (_S.PENDING_PAYMENT, _A.EXPIRE): frozenset({_S.CLOSING, _S.CLOSED}),
    (_S.CLOSING, _A.PAY): frozenset({_S.PAID}),  # the buyer was faster than the closing
    (_S.CLOSING, _A.CLOSE): frozenset({_S.CLOSED}),
    (_S.PAID, _A.SHIP): frozenset({_S.SHIPPED}),
    (_S.SHIPPED, _A.CONFIRM_RECEIPT): frozenset({_S.COMPLETED}),
}


def allows(status: OrderStatus, action: OrderAction) -> bool:
    """True when `action` leads somewhere from `status`."""
    return (status, action) in TRANSITIONS

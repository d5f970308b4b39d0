"""The states of an order, the only ways between them, and what the customer may do in each."""

from __future__ import annotations

from enum import StrEnum


class OrderStatus(StrEnum):
    """CLOSING: nobody shall pay any more, but WeChat has not confirmed it; the stock is still held."""

    PENDING_PAYMENT = "pending_payment"
    CLOSING = "closing"
    CLOSED = "closed"
    PAID = "paid"
    SHIPPED = "shipped"
    COMPLETED = "completed"


class OrderAction(StrEnum):
    """Everything that moves an order; the word in the history."""

    PLACE = "place"
    PAY = "pay"
    CANCEL = "cancel"
    EXPIRE = "expire"
    CLOSE = "close"
    SHIP = "ship"
    CONFIRM_RECEIPT = "confirm_receipt"


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

"""Facts of order that others may hear."""

from dataclasses import dataclass

from kit.domain.event import DomainEvent


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(DomainEvent):
    """Stock is reserved; payment is awaited."""

    name = "order.placed"

    order_no: str
    buyer_id: int
    payable_fen: int


@dataclass(frozen=True, kw_only=True)
class OrderPaid(DomainEvent):
    """The right amount arrived in time."""

    name = "order.paid"

    order_no: str
    buyer_id: int
    payable_fen: int
    transaction_id: str
    paid_at: str  # ISO-8601 with offset


@dataclass(frozen=True, kw_only=True)
class OrderClosed(DomainEvent):
    """Nobody can pay it any more; its stock is released."""

    name = "order.closed"

    order_no: str
    buyer_id: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class OrderShipped(DomainEvent):
    """The goods have left; their stock is deducted."""

    name = "order.shipped"

    order_no: str
    buyer_id: int
    express_company: str
    tracking_no: str


@dataclass(frozen=True, kw_only=True)
class OrderCompleted(DomainEvent):
    """The buyer has the goods."""

    name = "order.completed"

    order_no: str
    buyer_id: int

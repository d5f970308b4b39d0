"""Facts of payment that others may hear."""

from dataclasses import dataclass

from kit.domain.event import DomainEvent


@dataclass(frozen=True, kw_only=True)
class PaymentSucceeded(DomainEvent):
    """The right amount arrived for `subject`. Whoever owns the subject accepts it, or asks for its refund."""

    name = "payment.succeeded"

    subject: str
    attempt_id: int
    out_trade_no: str
    transaction_id: str
    amount_fen: int
    paid_at: str  # ISO-8601 with offset


@dataclass(frozen=True, kw_only=True)
class PaymentClosed(DomainEvent):
    """Nobody can pay this attempt any more; WeChat has confirmed it."""

    name = "payment.closed"

    subject: str
    attempt_id: int


@dataclass(frozen=True, kw_only=True)
class UnwantedMoneyArrived(DomainEvent):
    """Money came that no live order wants; its refund is on its way. For the alarm."""

    name = "payment.unwanted_money_arrived"

    transaction_id: str
    out_trade_no: str
    amount_fen: int
    verdict: str


@dataclass(frozen=True, kw_only=True)
class RefundSucceeded(DomainEvent):
    """The money is back with the payer."""

    name = "payment.refund_succeeded"

    reference: str
    subject: str
    out_refund_no: str
    amount_fen: int


@dataclass(frozen=True, kw_only=True)
class RefundStuck(DomainEvent):
    """A refund needs a person: WeChat says ABNORMAL or CLOSED, or keeps refusing. For the alarm."""

    name = "payment.refund_stuck"

    reference: str
    out_refund_no: str
    amount_fen: int
    reason: str

"""What other contexts, and the timers, may ask of payment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backend.payment.domain.error import AttemptNotPayable, ChannelRefused, ChannelUnavailable
from backend.payment.service.requesting import Wish
from backend.payment.wiring import services

__all__ = [
    "AttemptNotPayable",
    "ChannelRefused",
    "ChannelUnavailable",
    "Requested",
    "apply_notices",
    "check_attempt",
    "check_attempts",
    "check_refund",
    "check_refunds",
    "follow_up_close",
    "give_back",
    "parameters",
    "payer_appid",
    "request",
    "request_close",
    "sweep_notices",
]


@dataclass(frozen=True, kw_only=True)
class Requested:
    """An attempt; `is_new` when this call opened it."""

    attempt_id: int
    is_new: bool


def payer_appid() -> str:
    """The appid whose openid a payer must have."""
    return services().channel.identity.appid


def request(
    *,
    subject: str,
    number: str,
    amount_fen: int,
    description: str,
    payer_openid: str,
    expires_at: datetime,
    now: datetime,
) -> Requested:
    """Open or find the attempt for `subject`; joins the caller's transaction. Raises `AttemptNotPayable`."""
    wish = Wish(
        subject=subject,
        number=number,
        amount_fen=amount_fen,
        description=description,
        payer_openid=payer_openid,
        expires_at=expires_at,
    )
    attempt, is_new = services().requesting.open(wish, now=now)
    return Requested(attempt_id=attempt.id, is_new=is_new)


def parameters(*, attempt_id: int, now: datetime) -> dict[str, str]:
    """The signed arguments of wx.requestPayment; calls WeChat, so no transaction may be open."""
    return services().requesting.parameters(attempt_id=attempt_id, now=now)


def request_close(*, subject: str, now: datetime) -> bool:
    """Close what could still be paid; joins. True: PaymentClosed or PaymentSucceeded follows; False: nothing will."""
    return services().closing.request(subject=subject, now=now)


def follow_up_close(*, subject: str, now: datetime) -> bool:
    """Ask after a requested close; joins. False: all is closed. True: wait; a payment's fact is told again."""
    return services().closing.follow_up(subject=subject, now=now)


def give_back(*, transaction_id: str, reason: str, now: datetime) -> None:
    """Refund a payment that no live order wants; joins; asking twice changes nothing."""
    services().refunding.give_back_transaction(transaction_id=transaction_id, reason=reason, now=now)


def apply_notices(*, now: datetime) -> int:
    """Apply stored callbacks; returns how many were due."""
    return services().noticing.apply_due(now=now)


def sweep_notices(*, now: datetime) -> int:
    """Delete callbacks that were applied long ago; returns how many."""
    return services().noticing.sweep(now=now)


def check_attempts(*, now: datetime) -> int:
    """Ask WeChat about attempts that are due; returns how many."""
    return services().checking.check_due(now=now)


def check_attempt(*, attempt_id: int, now: datetime) -> None:
    """Ask WeChat about one attempt now."""
    services().checking.check(attempt_id=attempt_id, now=now)


def check_refunds(*, now: datetime) -> int:
    """Submit and follow refunds that are due; returns how many."""
    return services().refunding.check_due(now=now)


def check_refund(*, refund_id: int, now: datetime) -> None:
    """Submit or follow one refund now."""
    services().refunding.check(refund_id=refund_id, now=now)

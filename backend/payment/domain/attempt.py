"""One attempt to be paid: one out_trade_no at WeChat. Committed before WeChat is called (design rule 8)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.payment.domain.error import AttemptNotPayable
from backend.payment.events import PaymentClosed, PaymentSucceeded
from kit.db.types import Code, EnumText, Fen, UtcDateTime
from kit.domain.entity import Aggregate

PREPAY_LIFETIME = timedelta(hours=2) - timedelta(minutes=5)
CALL_ENDS_AFTER = timedelta(seconds=45)
"""A prepay call that was started this long ago has surely reached WeChat or never will."""


class AttemptState(StrEnum):
    """UNKNOWN is a state: nobody knows whether WeChat took the order; the janitor asks until it knows."""

    CREATED = "created"
    UNKNOWN = "unknown"
    PREPAID = "prepaid"
    REFUSED = "refused"
    CLOSING = "closing"
    CLOSED = "closed"
    SUCCESS = "success"


_S = AttemptState
# SUCCESS is reachable from everywhere: what WeChat has been paid is a fact, whatever we thought before.
TRANSITIONS: dict[AttemptState, frozenset[AttemptState]] = {
    _S.CREATED: frozenset({_S.PREPAID, _S.UNKNOWN, _S.REFUSED, _S.CLOSING, _S.CLOSED, _S.SUCCESS}),
    _S.UNKNOWN: frozenset({_S.PREPAID, _S.REFUSED, _S.CLOSING, _S.CLOSED, _S.SUCCESS}),
    _S.PREPAID: frozenset({_S.CLOSING, _S.CLOSED, _S.SUCCESS}),
    _S.REFUSED: frozenset({_S.PREPAID, _S.CLOSING, _S.CLOSED, _S.SUCCESS}),
    _S.CLOSING: frozenset({_S.CLOSED, _S.SUCCESS}),
    _S.CLOSED: frozenset({_S.SUCCESS}),
    _S.SUCCESS: frozenset(),
}
LIVE = frozenset({_S.CREATED, _S.UNKNOWN, _S.PREPAID, _S.REFUSED})


class PaymentAttempt(Aggregate):
    """`next_check_at` is when the janitor asks WeChat again; None when there is nothing left to ask."""

    __tablename__ = "pay_attempt"
    __table_args__ = (
        UniqueConstraint("subject", "sequence"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        Index("ix_pay_attempt_due", "next_check_at"),
    )

    subject: Mapped[str] = mapped_column(Code(64))
    sequence: Mapped[int] = mapped_column(Integer)
    out_trade_no: Mapped[str] = mapped_column(Code(32), unique=True)
    appid: Mapped[str] = mapped_column(Code(32))
    mchid: Mapped[str] = mapped_column(Code(32))
    payer_openid: Mapped[str] = mapped_column(Code(128))
    description: Mapped[str] = mapped_column(String(127))
    amount_fen: Mapped[int] = mapped_column(Fen)
    state: Mapped[AttemptState] = mapped_column(EnumText(AttemptState, "state"))
    prepay_id: Mapped[str | None] = mapped_column(Code(64))
    prepaid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refusal: Mapped[str | None] = mapped_column(String(200))
    time_expire: Mapped[datetime] = mapped_column(UtcDateTime)
    call_started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    transaction_id: Mapped[str | None] = mapped_column(Code(64))
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checks: Mapped[int] = mapped_column(Integer, default=0)
    next_check_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def is_live(self) -> bool:
        """True while the buyer may still pay it as far as we know."""
        return self.state in LIVE

    def has_usable_prepay(self, *, at: datetime) -> bool:
        """True when wx.requestPayment can be signed without asking WeChat."""
        return self.state is _S.PREPAID and self.prepaid_at is not None and at < self.prepaid_at + PREPAY_LIFETIME

    def can_call(self, *, at: datetime) -> bool:
        """True when WeChat may be asked for a prepay_id now."""
        return self.is_live() and at < self.time_expire

    def begin_call(self, *, at: datetime) -> None:
        """About to ask WeChat for a prepay_id. Raises `AttemptNotPayable`."""
        if not self.can_call(at=at):
            raise AttemptNotPayable
        self.call_started_at = at

    def take_prepay(self, prepay_id: str, *, at: datetime) -> None:
        """WeChat took the order. Raises `AttemptNotPayable` when it is being closed meanwhile: nobody may pay it."""
        if not self.is_live():
            raise AttemptNotPayable
        if self.state is not _S.PREPAID:
            self._move(_S.PREPAID)
        self.prepay_id, self.prepaid_at = prepay_id, at
        self.check_at(at + timedelta(seconds=15))

    def lose_answer(self, *, at: datetime) -> None:
        """Nobody knows what became of the call."""
        if self.state is _S.CREATED:
            self._move(_S.UNKNOWN)
        if self.is_live():
            self.check_at(at + timedelta(seconds=15))

    def take_refusal(self, reason: str) -> None:
        """WeChat verifiably did not take the order."""
        if self.state in (_S.CREATED, _S.UNKNOWN):
            self._move(_S.REFUSED)
        self.refusal = reason[:200]

    def can_request_close(self) -> bool:
        """True unless it is paid, closed, or being closed."""
        return self.is_live()

    def request_close(self, *, at: datetime) -> None:
        """Nobody shall pay it any more; the janitor closes it at WeChat before anything is released."""
        self._move(_S.CLOSING)
        self.checks = 0
        self.check_at(at)

    def call_has_ended(self, *, at: datetime) -> bool:
        """True when no prepay call can still be on its way to WeChat."""
        return at >= self.call_started_at + CALL_ENDS_AFTER

    def can_confirm_closed(self) -> bool:
        """True unless it is already closed or paid."""
        return _S.CLOSED in TRANSITIONS[self.state]

    def confirm_closed(self, *, at: datetime) -> None:
        """WeChat has said, verifiably, that nobody can pay it."""
        self._move(_S.CLOSED)
        self.closed_at, self.next_check_at = at, None
        self.record(PaymentClosed(subject=self.subject, attempt_id=self.id), at=at)

    def can_succeed(self) -> bool:
        """True unless it already did."""
        return self.state is not _S.SUCCESS

    def succeed(self, *, transaction_id: str, paid_at: datetime, at: datetime) -> None:
        """WeChat has verifiably been paid the right amount by the right identities."""
        self._move(_S.SUCCESS)
        self.transaction_id, self.paid_at, self.next_check_at = transaction_id, paid_at, None
        self.report_success(at=at)

    def report_success(self, *, at: datetime) -> None:
        """Tell the fact, or tell it again to a subject that may not have heard it."""
        assert self.transaction_id is not None
        assert self.paid_at is not None
        fact = PaymentSucceeded(
            subject=self.subject,
            attempt_id=self.id,
            out_trade_no=self.out_trade_no,
            transaction_id=self.transaction_id,
            amount_fen=self.amount_fen,
            paid_at=self.paid_at.isoformat(),
        )
        self.record(fact, at=at)

    def check_at(self, moment: datetime) -> None:
        """Let the janitor ask at `moment`."""
        self.next_check_at = moment

    def postpone_check(self, *, at: datetime) -> None:
        """Still no final answer: ask again after 15 s, 30 s, 60 s, … at most 10 minutes."""
        self.checks += 1
        self.check_at(at + min(timedelta(seconds=15) * 2 ** min(self.checks - 1, 10), timedelta(minutes=10)))

    def _move(self, state: AttemptState) -> None:
        if state not in TRANSITIONS[self.state]:
            raise AttemptNotPayable
        self.state = state

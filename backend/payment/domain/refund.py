"""Money on its way back. A number is repeated until WeChat gives a final answer; a new one could pay twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Boolean, CheckConstraint, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.payment.events import RefundStuck, RefundSucceeded
from kit.db.types import Code, EnumText, Fen, UtcDateTime
from kit.domain.entity import Aggregate

_TROUBLE_AFTER = 8


class RefundState(StrEnum):
    """REQUESTED until WeChat has accepted it; PROCESSING until it says how it ended. ABNORMAL waits for a person."""

    REQUESTED = "requested"
    PROCESSING = "processing"
    ABNORMAL = "abnormal"
    SUCCESS = "success"


class Refund(Aggregate):
    """`reference` says what it is for and makes asking twice harmless, e.g. ``unwanted:4200…``."""

    __tablename__ = "pay_refund"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        Index("ix_pay_refund_due", "next_check_at"),
        Index("ix_pay_refund_transaction_id", "transaction_id"),
        Index("ix_pay_refund_state", "state", "id"),
    )

    reference: Mapped[str] = mapped_column(Code(80), unique=True)
    subject: Mapped[str | None] = mapped_column(Code(64))
    transaction_id: Mapped[str] = mapped_column(Code(64))
    out_trade_no: Mapped[str] = mapped_column(Code(128))
    sequence: Mapped[int] = mapped_column(Integer, default=1)
    out_refund_no: Mapped[str] = mapped_column(Code(64), unique=True)
    amount_fen: Mapped[int] = mapped_column(Fen)
    total_fen: Mapped[int] = mapped_column(Fen)
    reason: Mapped[str] = mapped_column(String(80))
    state: Mapped[RefundState] = mapped_column(EnumText(RefundState, "state"))
    last_answer: Mapped[str | None] = mapped_column(String(200))
    checks: Mapped[int] = mapped_column(Integer, default=0)
    is_stuck: Mapped[bool] = mapped_column(Boolean, default=False)  # a person was called
    next_check_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def needs_submitting(self) -> bool:
        """True while WeChat has not accepted this number."""
        return self.state is RefundState.REQUESTED

    def take_answer(self, status: str, *, at: datetime) -> None:
        """What WeChat verifiably says of it: SUCCESS, PROCESSING, ABNORMAL or CLOSED."""
        if self.state is RefundState.SUCCESS:
            return
        self.last_answer = status
        if status == "SUCCESS":
            self._succeed(at=at)
        elif status == "ABNORMAL":
            self._wait_for_person("ABNORMAL", at=at)
        elif status == "CLOSED":
            self._begin_anew(at=at)
        else:
            self.state = RefundState.PROCESSING
            self.postpone(at=at)

    def take_trouble(self, reason: str, *, at: datetime) -> None:
        """Refused (balance too low, too often, …) or no answer: the same number is tried again later.

        When that goes on, a person is called, once.
        """
        self.last_answer = reason[:200]
        self.postpone(at=at)
        if self.checks >= _TROUBLE_AFTER and not self.is_stuck:
            self._report_stuck(reason, at=at)

    def postpone(self, *, at: datetime) -> None:
        """Ask again after 5 s, 10 s, 20 s, … at most one hour."""
        self.checks += 1
        self.next_check_at = at + min(timedelta(seconds=5) * 2 ** min(self.checks - 1, 12), timedelta(hours=1))

    def _succeed(self, *, at: datetime) -> None:
        self.state, self.finished_at, self.next_check_at = RefundState.SUCCESS, at, None
        fact = RefundSucceeded(
            reference=self.reference,
            subject=self.subject or "",
            out_refund_no=self.out_refund_no,
            amount_fen=self.amount_fen,
        )
        self.record(fact, at=at)

    def _wait_for_person(self, reason: str, *, at: datetime) -> None:
        if self.state is not RefundState.ABNORMAL:
            self._report_stuck(reason, at=at)
        self.state = RefundState.ABNORMAL
        # Handled at the merchant platform it becomes SUCCESS there: keep looking.
        self.next_check_at = at + timedelta(hours=1)

    def _begin_anew(self, *, at: datetime) -> None:
        """CLOSED is final for this number and nothing was paid: only now a new number is safe."""
        self._report_stuck("CLOSED", at=at)
        self.sequence += 1
        self.out_refund_no = refund_number(self.id, self.sequence)
        self.state = RefundState.REQUESTED
        self.next_check_at = at + timedelta(hours=1)

    def _report_stuck(self, reason: str, *, at: datetime) -> None:
        self.is_stuck = True
        fact = RefundStuck(
            reference=self.reference, out_refund_no=self.out_refund_no, amount_fen=self.amount_fen, reason=reason[:200]
        )
        self.record(fact, at=at)


def refund_number(refund_id: int, sequence: int) -> str:
    """out_refund_no: unique, stable over retries, at most 64 of WeChat's characters."""
    return f"R{refund_id}-{sequence}"

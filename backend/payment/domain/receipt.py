"""Money that arrived: one receipt per WeChat transaction, whether an order wants it or not."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.payment.domain.error import RefundExceedsPayment
from backend.payment.events import UnwantedMoneyArrived
from kit.db.types import BigId, Code, EnumText, Fen, UtcDateTime
from kit.domain.entity import Aggregate


class Verdict(StrEnum):
    """Why the money fits its attempt, or why it goes back."""

    FITS = "fits"
    UNKNOWN_NUMBER = "unknown_number"
    WRONG_AMOUNT = "wrong_amount"
    WRONG_CURRENCY = "wrong_currency"
    WRONG_IDENTITY = "wrong_identity"
    SECOND_PAYMENT = "second_payment"
    # WeChat already gave it back before we heard of it (refunded by hand at the merchant platform): nothing to refund.
    REFUNDED_ELSEWHERE = "refunded_elsewhere"


class PaymentReceipt(Aggregate):
    """Amounts never change. `refunded_fen` counts refunds asked for, so that their sum can never exceed the amount."""

    __tablename__ = "pay_receipt"
    __table_args__ = (
        CheckConstraint("amount_fen >= 0", name="amount_not_negative"),
        CheckConstraint("refunded_fen >= 0 AND refunded_fen <= amount_fen", name="refunds_within_amount"),
        Index("ix_pay_receipt_subject", "subject", "id"),
        Index("ix_pay_receipt_verdict", "verdict", "id"),
    )

    transaction_id: Mapped[str] = mapped_column(Code(64), unique=True)
    out_trade_no: Mapped[str] = mapped_column(Code(128))
    attempt_id: Mapped[int | None] = mapped_column(BigId)
    subject: Mapped[str | None] = mapped_column(Code(64))
    amount_fen: Mapped[int] = mapped_column(Fen)
    currency: Mapped[str] = mapped_column(Code(16))
    appid: Mapped[str] = mapped_column(Code(128))
    mchid: Mapped[str] = mapped_column(Code(128))
    verdict: Mapped[Verdict] = mapped_column(EnumText(Verdict, "verdict"))
    source: Mapped[str] = mapped_column(String(16))
    paid_at: Mapped[datetime] = mapped_column(UtcDateTime)
    refunded_fen: Mapped[int] = mapped_column(Fen, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def can_refund(self, amount_fen: int) -> bool:
        """True when this much of it has not been promised back yet."""
        return 0 < amount_fen <= self.amount_fen - self.refunded_fen

    def refund(self, amount_fen: int) -> None:
        """Promise `amount_fen` back. Raises `RefundExceedsPayment`."""
        if not self.can_refund(amount_fen):
            raise RefundExceedsPayment(left_fen=self.amount_fen - self.refunded_fen)
        self.refunded_fen += amount_fen

    def report_unwanted(self, *, at: datetime) -> None:
        """Tell the alarm."""
        fact = UnwantedMoneyArrived(
            transaction_id=self.transaction_id,
            out_trade_no=self.out_trade_no,
            amount_fen=self.amount_fen,
            verdict=self.verdict.value,
        )
        self.record(fact, at=at)

"""Money has arrived, or verifiably never will: the one place that decides what it means (design rules 9 and 11)."""

from __future__ import annotations

from datetime import datetime

from loguru import logger

from backend.payment.domain.attempt import PaymentAttempt
from backend.payment.domain.port import ChannelPayment, Identity, Standing
from backend.payment.domain.receipt import PaymentReceipt, Verdict
from backend.payment.repository.attempt import AttemptRepository
from backend.payment.repository.receipt import ReceiptRepository
from backend.payment.service.refunding import Refunding
from kit.service.transaction import transactional


class Settlement:
    """Applies what the channel verifiably says of an order; repeating it changes nothing."""

    def __init__(
        self, attempts: AttemptRepository, receipts: ReceiptRepository, refunding: Refunding, identity: Identity
    ) -> None:
        self.attempts = attempts
        self.receipts = receipts
        self.refunding = refunding
        self.identity = identity

    @transactional
    def apply(self, payment: ChannelPayment, *, source: str, now: datetime) -> str:
        """Returns what was done, in a word or two, for the notice's row and the log."""
        attempt = self.attempts.of_number(payment.out_trade_no)
        if payment.standing in (Standing.PAID, Standing.REFUNDED):
            return self._arrive(payment, attempt, source=source, now=now)
        if attempt is None:
            return "unknown number, unpaid"
        if payment.standing is Standing.CLOSED and attempt.can_confirm_closed():
            attempt.confirm_closed(at=now)
            return "closed"
        if payment.standing is Standing.UNPAID and attempt.next_check_at is not None:
            attempt.postpone_check(at=now)
        return payment.standing.value

    @transactional
    def confirm_never_placed(self, *, attempt_id: int, now: datetime) -> None:
        """The channel does not know the number, and no call can still bring it there."""
        attempt = self.attempts.by_id(attempt_id)
        if attempt is not None and attempt.can_confirm_closed():
            attempt.confirm_closed(at=now)

    def _arrive(self, payment: ChannelPayment, attempt: PaymentAttempt | None, *, source: str, now: datetime) -> str:
        known = self.receipts.of_transaction(payment.transaction_id)
        if known is not None:
            self._close_if_unwanted(known, payment, attempt, now=now)
            return "known"
        verdict = self._judge(payment, attempt)
        receipt = self.receipts.record(_receipt(payment, attempt, verdict, source=source, now=now))
        if verdict is Verdict.FITS:
            assert attempt is not None
            attempt.succeed(transaction_id=payment.transaction_id, paid_at=receipt.paid_at, at=now)
            return "paid"
        receipt.report_unwanted(at=now)
        logger.warning(
            "unwanted money: transaction {} of {} fen for {}: {}",
            payment.transaction_id,
            payment.amount_fen,
            payment.out_trade_no,
            verdict.value,
        )
        if verdict is not Verdict.REFUNDED_ELSEWHERE and payment.amount_fen > 0:
            self.refunding.give_back(receipt, reason=verdict.value, now=now)
        self._close_if_unwanted(receipt, payment, attempt, now=now)
        return verdict.value

    def _close_if_unwanted(
        self, receipt: PaymentReceipt, payment: ChannelPayment, attempt: PaymentAttempt | None, *, now: datetime
    ) -> None:
        """A number that was paid can never be paid again: with its money unwanted, the attempt is over.

        Not on the word of a report about another merchant's number: ours may still be payable, the query will tell.
        """
        if attempt is None or receipt.verdict is Verdict.FITS or payment.mchid != attempt.mchid:
            return
        if attempt.can_confirm_closed():
            attempt.confirm_closed(at=now)

    def _judge(self, payment: ChannelPayment, attempt: PaymentAttempt | None) -> Verdict:
        if payment.standing is Standing.REFUNDED:
            return Verdict.REFUNDED_ELSEWHERE
        if attempt is None:
            return Verdict.UNKNOWN_NUMBER
        if (payment.appid, payment.mchid) != (attempt.appid, attempt.mchid):
            return Verdict.WRONG_IDENTITY
        if payment.currency != "CNY":
            return Verdict.WRONG_CURRENCY
        if payment.amount_fen != attempt.amount_fen:
            return Verdict.WRONG_AMOUNT
        return Verdict.FITS if attempt.can_succeed() else Verdict.SECOND_PAYMENT


def _receipt(
    payment: ChannelPayment, attempt: PaymentAttempt | None, verdict: Verdict, *, source: str, now: datetime
) -> PaymentReceipt:
    return PaymentReceipt(
        transaction_id=payment.transaction_id,
        out_trade_no=payment.out_trade_no,
        attempt_id=attempt.id if attempt else None,
        subject=attempt.subject if attempt else None,
        amount_fen=payment.amount_fen,
        currency=payment.currency,
        appid=payment.appid,
        mchid=payment.mchid,
        verdict=verdict,
        source=source,
        paid_at=payment.paid_at or now,
        refunded_fen=0,
        created_at=now,
    )

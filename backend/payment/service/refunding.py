"""Money goes back: the wish is committed, then submitted, repeated and followed until WeChat says how it ended."""

from __future__ import annotations

from datetime import datetime

from loguru import logger

from backend.payment.domain.port import ChannelRefund, ChannelSaysNo, ChannelSilent, NoSuchOrder, PaymentChannel
from backend.payment.domain.receipt import PaymentReceipt
from backend.payment.domain.refund import Refund, RefundState, refund_number
from backend.payment.repository.receipt import ReceiptRepository
from backend.payment.repository.refund import RefundRepository
from backend.payment.service.batch import one_by_one
from kit.domain.identity import new_id
from kit.event.outbox import enqueue
from kit.service.transaction import transactional

CHECK_REFUND = "payment.check_refund"
_BATCH = 10


class Refunding:
    """`give_back` and `give_back_transaction` join the caller's transaction; `check` talks to WeChat."""

    def __init__(self, refunds: RefundRepository, receipts: ReceiptRepository, channel: PaymentChannel) -> None:
        self.refunds = refunds
        self.receipts = receipts
        self.channel = channel

    @transactional
    def give_back_transaction(self, *, transaction_id: str, reason: str, now: datetime) -> None:
        """Refund everything of a payment that nobody wants; asking twice changes nothing."""
        receipt = self.receipts.of_transaction(transaction_id)
        if receipt is None:
            raise LookupError(f"no receipt for transaction {transaction_id}")
        if self.give_back(receipt, reason=reason, now=now):
            receipt.report_unwanted(at=now)

    @transactional
    def give_back(self, receipt: PaymentReceipt, *, reason: str, now: datetime) -> bool:
        """Refund the whole receipt, once; False when that was asked before.

        Two at the same moment: the receipt's version lets one through.
        """
        reference = f"unwanted:{receipt.transaction_id}"
        if self.refunds.of_reference(reference) is not None:
            return False
        receipt.refund(receipt.amount_fen)
        refund_id = new_id()
        refund = Refund(
            id=refund_id,
            reference=reference,
            subject=receipt.subject,
            transaction_id=receipt.transaction_id,
            out_trade_no=receipt.out_trade_no,
            sequence=1,
            out_refund_no=refund_number(refund_id, 1),
            amount_fen=receipt.amount_fen,
            total_fen=receipt.amount_fen,
            reason=reason[:80],
            state=RefundState.REQUESTED,
            is_stuck=False,
            created_at=now,
            next_check_at=now,
        )
        self.refunds.add(refund)
        enqueue(CHECK_REFUND, refund_id=refund_id)
        return True

    def check_due(self, *, now: datetime) -> int:
        """Submit or follow the refunds that are due; returns how many."""
        return one_by_one(self._claim(now), self.check_one, now=now)

    def check(self, *, refund_id: int, now: datetime) -> None:
        """One step with one refund."""
        self.check_one(refund_id, now)

    def check_one(self, refund_id: int, now: datetime) -> bool:
        """Submit it, or ask how it stands; always with the same number. False when WeChat does not answer."""
        refund = self._load(refund_id)
        if refund is None or refund.next_check_at is None:
            return True
        try:
            self._take(refund_id, self._ask(refund), now)
        except ChannelSilent as silence:
            logger.warning("refund {} without answer: {}", refund.out_refund_no, silence)
            self._postpone(refund_id, str(silence), now)
            return False
        except ChannelSaysNo as refusal:
            logger.error("refund {} refused: {}", refund.out_refund_no, refusal)
            self._postpone(refund_id, str(refusal), now)
        return True

    def _ask(self, refund: Refund) -> ChannelRefund:
        if not refund.needs_submitting():
            try:
                return self.channel.query_refund(refund.out_refund_no)
            except NoSuchOrder:
                logger.error("refund {} was accepted and is unknown now: submitted again", refund.out_refund_no)
        return self.channel.submit_refund(
            out_refund_no=refund.out_refund_no,
            transaction_id=refund.transaction_id,
            amount_fen=refund.amount_fen,
            total_fen=refund.total_fen,
            reason=refund.reason,
        )

    @transactional
    def apply(self, answer: ChannelRefund, *, now: datetime) -> str:
        """What a REFUND.* notice says."""
        refund = self.refunds.of_number(answer.out_refund_no)
        if refund is None:
            logger.error("notice about unknown refund {}: {}", answer.out_refund_no, answer.status)
            return "unknown refund"
        refund.take_answer(answer.status, at=now)
        return answer.status.lower()

    @transactional
    def _claim(self, now: datetime) -> list[int]:
        return self.refunds.claim_due(now=now, limit=_BATCH)

    @transactional
    def _load(self, refund_id: int) -> Refund | None:
        return self.refunds.by_id(refund_id)

    @transactional
    def _take(self, refund_id: int, answer: ChannelRefund, now: datetime) -> None:
        refund = self.refunds.by_id(refund_id)
        # The answer is about the number we asked for; after CLOSED another one may have taken its place.
        if refund is not None and refund.out_refund_no == answer.out_refund_no:
            refund.take_answer(answer.status, at=now)

    @transactional
    def _postpone(self, refund_id: int, reason: str, now: datetime) -> None:
        refund = self.refunds.by_id(refund_id)
        if refund is not None and refund.next_check_at is not None:
            refund.take_trouble(reason, at=now)

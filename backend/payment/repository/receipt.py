"""Receipts."""

from __future__ import annotations

from sqlalchemy import select

from backend.payment.domain.receipt import PaymentReceipt
from kit.db.error import RunAgain, duplicate_is
from kit.repository.base import Repository


class ReceiptRepository(Repository[PaymentReceipt]):
    """Money that arrived."""

    entity = PaymentReceipt

    def of_transaction(self, transaction_id: str) -> PaymentReceipt | None:
        """The receipt of a WeChat transaction."""
        return self.first(select(PaymentReceipt).where(PaymentReceipt.transaction_id == transaction_id))

    def record(self, receipt: PaymentReceipt) -> PaymentReceipt:
        """Write a new receipt now. Two reports of one transaction at once: the later one runs again and finds it."""
        self.add(receipt)
        with duplicate_is(RunAgain()):
            self.flush()
        return receipt

"""Receipts."""

from __future__ import annotations

from sqlalchemy import select

from backend.payment.domain.receipt import PaymentReceipt
from kit.repository.base import Repository


class ReceiptRepository(Repository[PaymentReceipt]):
    """Money that arrived."""

    entity = PaymentReceipt

    def of_transaction(self, transaction_id: str) -> PaymentReceipt | None:
        """The receipt of a WeChat transaction."""
        return self.first(select(PaymentReceipt).where(PaymentReceipt.transaction_id == transaction_id))

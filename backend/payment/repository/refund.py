"""Refunds."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from backend.payment.domain.refund import Refund
from kit.repository.base import Repository
from kit.repository.claim import claim_due

CLAIM = timedelta(seconds=60)


class RefundRepository(Repository[Refund]):
    """Money on its way back."""

    entity = Refund

    def of_reference(self, reference: str) -> Refund | None:
        """The refund asked for under `reference`."""
        return self.first(select(Refund).where(Refund.reference == reference))

    def of_number(self, out_refund_no: str) -> Refund | None:
        """The refund that WeChat knows as `out_refund_no` now."""
        return self.first(select(Refund).where(Refund.out_refund_no == out_refund_no))

    def claim_due(self, *, now: datetime, limit: int) -> list[int]:
        """Ids to submit or to ask about, each given to one caller: they come back after `CLAIM` unless finished."""
        return claim_due(self.session, Refund, Refund.next_check_at, now=now, lease=CLAIM, limit=limit)

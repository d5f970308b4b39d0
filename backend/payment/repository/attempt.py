"""Payment attempts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from backend.payment.domain.attempt import AttemptState, PaymentAttempt
from kit.repository.base import Repository
from kit.repository.claim import claim_due

CLAIM = timedelta(seconds=60)


class AttemptRepository(Repository[PaymentAttempt]):
    """Attempts by subject, by number, and those the janitor must ask about."""

    entity = PaymentAttempt

    def open_for(self, subject: str) -> Sequence[PaymentAttempt]:
        """Attempts that are not closed, at most one: live, closing, or paid."""
        not_closed = PaymentAttempt.state != AttemptState.CLOSED
        return self.all(select(PaymentAttempt).where(PaymentAttempt.subject == subject, not_closed))

    def last_sequence(self, subject: str) -> int:
        """How many attempts the subject has had."""
        query = select(func.coalesce(func.max(PaymentAttempt.sequence), 0)).where(PaymentAttempt.subject == subject)
        return int(self.session.scalars(query).one())

    def of_number(self, out_trade_no: str) -> PaymentAttempt | None:
        """The attempt with this out_trade_no."""
        return self.first(select(PaymentAttempt).where(PaymentAttempt.out_trade_no == out_trade_no))

    def claim_due(self, *, now: datetime, limit: int) -> list[int]:
        """Ids to ask WeChat about, each given to one caller: they come back after `CLAIM` unless settled."""
        return claim_due(self.session, PaymentAttempt, PaymentAttempt.next_check_at, now=now, lease=CLAIM, limit=limit)

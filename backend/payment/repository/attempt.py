"""Payment attempts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from backend.payment.domain.attempt import AttemptState, PaymentAttempt
from kit.repository.base import Repository

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
        due = (
            select(PaymentAttempt.id)
            .where(PaymentAttempt.next_check_at <= now)
            .order_by(PaymentAttempt.next_check_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        ids = list(self.session.scalars(due))
        if ids:
            # Not a change of the attempt itself: its version stays, so that a buyer who pays now is not disturbed.
            postpone = update(PaymentAttempt).where(PaymentAttempt.id.in_(ids)).values(next_check_at=now + CLAIM)
            self.session.execute(postpone, execution_options={"synchronize_session": False})
        return ids

"""The janitor: asks WeChat about attempts without a final answer, and closes those that nobody shall pay.

Notices may be lost; asking is what makes the promise hold. Every step can be repeated.
"""

from __future__ import annotations

from datetime import datetime

from loguru import logger

from backend.payment.domain.attempt import AttemptState, PaymentAttempt
from backend.payment.domain.port import ChannelSaysNo, ChannelSilent, NoSuchOrder, PaymentChannel
from backend.payment.repository.attempt import AttemptRepository
from backend.payment.service.batch import one_by_one
from backend.payment.service.settlement import Settlement
from kit.service.transaction import transactional

_BATCH = 10


class Checking:
    """Talks to WeChat between two transactions, never inside one."""

    def __init__(self, attempts: AttemptRepository, settlement: Settlement, channel: PaymentChannel) -> None:
        self.attempts = attempts
        self.settlement = settlement
        self.channel = channel

    def check_due(self, *, now: datetime) -> int:
        """Ask about the attempts that are due; returns how many."""
        ids = self._claim(now)
        return one_by_one(ids, self.check_one, now=now)

    def check(self, *, attempt_id: int, now: datetime) -> None:
        """Ask about one attempt."""
        self.check_one(attempt_id, now)

    def check_one(self, attempt_id: int, now: datetime) -> bool:
        """Ask about one attempt; close it first when that is wanted. False when WeChat does not answer."""
        attempt = self._load(attempt_id)
        if attempt is None or attempt.next_check_at is None:
            return True
        try:
            if attempt.state is AttemptState.CLOSING:
                self._close(attempt)
            payment = self.channel.query(attempt.out_trade_no)
        except NoSuchOrder:
            self._unknown_there(attempt, now)
        except (ChannelSilent, ChannelSaysNo) as error:
            logger.warning("no final answer about {}: {}", attempt.out_trade_no, error)
            self._postpone(attempt_id, now)
            return not isinstance(error, ChannelSilent)
        else:
            self.settlement.apply(payment, source="query", now=now)
        return True

    def _close(self, attempt: PaymentAttempt) -> None:
        """A refusal (paid, closed, unknown) or silence is no verdict: the query that follows tells."""
        try:
            self.channel.close(attempt.out_trade_no)
        except (ChannelSaysNo, ChannelSilent) as error:
            logger.info("closing {}: {}", attempt.out_trade_no, error)

    def _unknown_there(self, attempt: PaymentAttempt, now: datetime) -> None:
        """The order never reached WeChat, unless a prepay call is still under way.

        Nobody can pay it even if that call arrives late: only its lost answer carries the prepay_id.
        """
        closable = attempt.state is AttemptState.CLOSING or now >= attempt.time_expire
        if closable and attempt.call_has_ended(at=now):
            self.settlement.confirm_never_placed(attempt_id=attempt.id, now=now)
        else:
            self._postpone(attempt.id, now)

    @transactional
    def _claim(self, now: datetime) -> list[int]:
        return self.attempts.claim_due(now=now, limit=_BATCH)

    @transactional
    def _load(self, attempt_id: int) -> PaymentAttempt | None:
        return self.attempts.by_id(attempt_id)

    @transactional
    def _postpone(self, attempt_id: int, now: datetime) -> None:
        attempt = self.attempts.by_id(attempt_id)
        if attempt is not None and attempt.next_check_at is not None:
            attempt.postpone_check(at=now)

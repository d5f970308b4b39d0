"""Nobody shall pay any more: PENDING → CLOSING → verified CLOSED, before anything is released (design rule 10)."""

from __future__ import annotations

from datetime import datetime

from backend.payment.domain.attempt import AttemptState
from backend.payment.repository.attempt import AttemptRepository
from kit.event.outbox import enqueue
from kit.service.transaction import transactional

CHECK_ATTEMPT = "payment.check_attempt"


class Closing:
    """Joins the caller's transaction; `Checking` does the talking."""

    def __init__(self, attempts: AttemptRepository) -> None:
        self.attempts = attempts

    @transactional
    def request(self, *, subject: str, now: datetime) -> bool:
        """Close whatever of `subject` could still be paid. False: nothing was ever sent to WeChat, or all is closed.

        When True, PaymentClosed follows, or PaymentSucceeded if the buyer was faster. A paid attempt counts: its fact
        may still be on the way to the subject, which must not let go of anything before it has heard it.
        """
        not_closed = self.attempts.open_for(subject)
        for attempt in not_closed:
            if attempt.can_request_close():
                attempt.request_close(at=now)
                enqueue(CHECK_ATTEMPT, attempt_id=attempt.id)
        return bool(not_closed)

    @transactional
    def follow_up(self, *, subject: str, now: datetime) -> bool:
        """What became of a closing that was requested long ago. False: all is closed. True: go on waiting.

        The fact of a paid attempt is told again: the first telling may have ended as a dead letter.
        """
        not_closed = self.attempts.open_for(subject)
        for attempt in not_closed:
            if attempt.state is AttemptState.SUCCESS:
                attempt.report_success(at=now)
        return bool(not_closed)

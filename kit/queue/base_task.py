"""Base of every Celery task: application context, request id, one policy for failure.

A failed task is acknowledged and written to the outbox again with a growing delay; after `max_attempts` it is rejected
into the dead-letter queue. Nothing depends on broker timers, so it works the same on RabbitMQ and on ``memory://``.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from celery import Task
from celery.exceptions import Reject, SoftTimeLimitExceeded
from flask import Flask
from loguru import logger
from sqlalchemy import text

from kit.db.error import is_unreachable
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.event.outbox import enqueue
from kit.log.context import acting
from kit.service.transaction import in_transaction

_FIRST_DELAY = timedelta(seconds=2)
_LONGEST_DELAY = timedelta(minutes=10)
_DATABASE_PATIENCE = timedelta(minutes=5)  # below the task time limit and RabbitMQ's 30 minutes for a consumer


def delay_before(attempt: int) -> timedelta:
    """How long attempt `attempt` (counted from 1) waits: 2 s, 8 s, 32 s, 128 s, then 10 minutes."""
    return min(_FIRST_DELAY * int(4 ** (attempt - 1)), _LONGEST_DELAY)


class BaseTask(Task):  # type: ignore[misc]  # celery ships no types
    """Runs inside the Flask application the Celery app was made for (`celery.flask_app`)."""

    abstract = True
    max_attempts = 6
    typing = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        headers = self.request.headers or {}
        flask_app: Flask = self.app.flask_app
        with flask_app.app_context(), acting(request=headers.get("request_id"), actor=f"system:{self.name}"):
            try:
                return self.run(*args, **kwargs)
            except Reject:
                raise
            except Exception as error:
                self._after_failure(error, kwargs, attempt=int(headers.get("attempt", 0)) + 1)
                return None

    def _after_failure(self, error: Exception, arguments: dict[str, Any], *, attempt: int) -> None:
        db.session.rollback()
        if is_unreachable(error):
            self._wait_for_database()
        if self.request.expires:
            # A timer's message: the next one does the same work, so this one leaves neither a copy nor a dead letter.
            logger.opt(exception=error).error("task {} failed; its timer asks again", self.name)
            return
        if attempt >= self.max_attempts:
            logger.error("task {} failed for good after {} attempts: {!r}", self.name, attempt, error)
            raise error
        logger.opt(exception=error).warning("task {} failed, attempt {}; tried again later", self.name, attempt)
        due_at = utc_now() + delay_before(attempt)
        try:
            in_transaction(lambda: self.schedule_again(arguments, due_at=due_at, attempt=attempt, error=error))
        except Exception as lost:
            logger.exception("task {} could not be scheduled again; back to the broker", self.name)
            raise Reject(lost, requeue=True) from lost

    def schedule_again(self, arguments: dict[str, Any], *, due_at: datetime, attempt: int, error: Exception) -> None:
        """Write the next attempt; the delivery of events overrides it."""
        enqueue(self.name, due_at=due_at, attempt=attempt, **arguments)

    def _wait_for_database(self) -> None:
        """Without the database this worker can do nothing; holding the message is safer than spending its retries."""
        until = time.monotonic() + _DATABASE_PATIENCE.total_seconds()
        while time.monotonic() < until:
            try:
                db.session.execute(text("SELECT 1"))
            except SoftTimeLimitExceeded:
                break
            except Exception:
                db.session.rollback()
                time.sleep(2)
            else:
                db.session.rollback()
                return
        raise Reject("database unreachable", requeue=True)

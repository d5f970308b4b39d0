"""Forgets sessions that were over long ago."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from backend.user.repository.login_guard import LoginGuardRepository
from backend.user.repository.session import BATCH, SessionRepository
from kit.service.transaction import transactional

# Long enough to look into who was logged in when something went wrong.
KEEP = timedelta(days=30)
_KEEP_GUARDS = timedelta(days=1)
_MAX_BATCHES = 200


class Sweeping:
    """Small batches, a transaction each. What a run leaves over, the next one takes."""

    def __init__(self, sessions: SessionRepository, guards: LoginGuardRepository) -> None:
        self.sessions = sessions
        self.guards = guards

    def sweep(self, *, now: datetime) -> int:
        """Delete tokens and sessions that expired or ended more than `KEEP` ago; returns how many rows."""
        self._forget_guards(now)
        steps = (
            self.sessions.delete_expired_tokens,
            self.sessions.delete_tokens_of_dead_sessions,
            self.sessions.delete_dead_sessions,
        )
        return sum(self._in_batches(step, now - KEEP) for step in steps)

    def _in_batches(self, step: Callable[..., int], before: datetime) -> int:
        deleted = 0
        for _ in range(_MAX_BATCHES):
            batch = self._delete(step, before)
            deleted += batch
            if batch < BATCH:
                break
        return deleted

    @transactional
    def _delete(self, step: Callable[..., int], before: datetime) -> int:
        return step(before=before)

    @transactional
    def _forget_guards(self, now: datetime) -> None:
        self.guards.delete_idle(since=now - _KEEP_GUARDS)

"""Forgets sessions that were over long ago, and tries to log in that count no more."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from backend.user.domain.login_guard import KNOWN
from backend.user.repository.login_guard import LoginGuardRepository
from backend.user.repository.session import BATCH, SessionRepository
from kit.service.batches import SIZE, until_done

_KEEP_GUARDS = timedelta(days=1)


class Sweeping:
    """Small batches, a transaction each. What a run leaves over, the next one takes.

    `keep`: long enough to look into who was logged in when something went wrong.
    """

    def __init__(self, sessions: SessionRepository, guards: LoginGuardRepository, *, keep: timedelta) -> None:
        self.sessions = sessions
        self.guards = guards
        self.keep = keep

    def sweep(self, *, now: datetime) -> int:
        """Delete tokens and sessions that expired or ended long ago; returns how many rows."""
        guards = partial(self.guards.delete_idle, since=now - _KEEP_GUARDS, known_since=now - KNOWN, limit=SIZE)
        until_done(guards, size=SIZE)
        steps = (
            self.sessions.delete_expired_tokens,
            self.sessions.delete_tokens_of_dead_sessions,
            self.sessions.delete_dead_sessions,
        )
        return sum(until_done(partial(step, before=now - self.keep), size=BATCH) for step in steps)

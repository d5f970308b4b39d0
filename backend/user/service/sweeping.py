"""Forgets sessions that were over long ago."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from backend.user.domain.login_guard import KNOWN
from backend.user.repository.login_guard import LoginGuardRepository
from backend.user.repository.session import BATCH, SessionRepository
from kit.service.batches import until_done
from kit.service.transaction import in_transaction

# Long enough to look into who was logged in when something went wrong.
KEEP = timedelta(days=30)
_KEEP_GUARDS = timedelta(days=1)


class Sweeping:
    """Small batches, a transaction each. What a run leaves over, the next one takes."""

    def __init__(self, sessions: SessionRepository, guards: LoginGuardRepository) -> None:
        self.sessions = sessions
        self.guards = guards

    def sweep(self, *, now: datetime) -> int:
        """Delete tokens and sessions that expired or ended more than `KEEP` ago; returns how many rows."""
        in_transaction(lambda: self.guards.delete_idle(since=now - _KEEP_GUARDS, known_since=now - KNOWN))
        steps = (
            self.sessions.delete_expired_tokens,
            self.sessions.delete_tokens_of_dead_sessions,
            self.sessions.delete_dead_sessions,
        )
        return sum(until_done(partial(step, before=now - KEEP), size=BATCH) for step in steps)

"""Counts of tries per username."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from backend.user.domain.login_guard import LoginGuard
from kit.db.changed import changed
from kit.db.error import is_duplicate
from kit.repository.base import Repository


class LoginGuardRepository(Repository[LoginGuard]):
    """In the database rather than in Redis: a restart or an outage of the cache must not open the gate."""

    entity = LoginGuard

    def count_try(self, username: str, *, at: datetime) -> None:
        """One more try. Raises `LockedOut`."""
        guard = self._lock(username)
        if guard is None and self._begin(username, at):
            return
        guard = guard or self._lock(username)
        if guard is not None:
            guard.count_try(at=at)

    def clear(self, username: str) -> None:
        """The right password was given: begin anew."""
        self.session.execute(delete(LoginGuard).where(LoginGuard.username == username))

    def delete_idle(self, *, since: datetime) -> int:
        """Forget names that nobody tried since; returns how many."""
        idle = delete(LoginGuard).where(LoginGuard.last_try_at < since)
        return changed(self.session, idle)

    def _lock(self, username: str) -> LoginGuard | None:
        query = select(LoginGuard).where(LoginGuard.username == username).with_for_update()
        return self.first(query.execution_options(populate_existing=True))

    def _begin(self, username: str, at: datetime) -> bool:
        try:
            with self.session.begin_nested():
                self.session.add(LoginGuard.first_try(username, at=at))
        except IntegrityError as error:
            if is_duplicate(error):
                return False
            raise
        return True

"""Counts of tries per username and network."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError

from backend.user.domain.login_guard import KNOWN, MAX_TRIES, MAX_TRIES_EVERYWHERE, GuardKeys, LoginGuard, beginnings
from kit.db.changed import changed
from kit.db.error import is_duplicate
from kit.repository.base import Repository


class LoginGuardRepository(Repository[LoginGuard]):
    """In the database rather than in Redis: a restart or an outage of the cache must not open the gate.

    Rows of one name are always locked in the same order: its network's, its own, then the known network's.
    """

    entity = LoginGuard

    def count_try(self, keys: GuardKeys, *, at: datetime) -> None:
        """One more try. Raises `LockedOut`, and then counts nothing: the caller's transaction is rolled back."""
        # First the network's: what it refuses does not reach the count that locks the name for everybody.
        self._count(keys.pair, at=at, most=MAX_TRIES)
        if not self._is_known(keys, at):
            self._count(keys.name, at=at, most=MAX_TRIES_EVERYWHERE)

    def welcome(self, keys: GuardKeys, *, at: datetime) -> None:
        """The right password was given: begin anew, and remember where its owner sits."""
        self.session.execute(delete(LoginGuard).where(LoginGuard.key == keys.pair))
        self.session.execute(delete(LoginGuard).where(LoginGuard.key == keys.name))
        self._remember(keys.known, at)

    def clear(self, username: str) -> None:
        """The password is another: forget every try, and every network that knew the old one."""
        begun = [LoginGuard.key.startswith(beginning, autoescape=True) for beginning in beginnings(username)]
        self.session.execute(delete(LoginGuard).where(or_(LoginGuard.key == username, *begun)))

    def delete_idle(self, *, since: datetime, known_since: datetime, limit: int) -> int:
        """Forget what nobody tried since, and where nobody logged in `known_since`, which is earlier; how many.

        Anybody can make rows, by guessing at names from many networks: so they go a few at a time.
        """
        is_known = LoginGuard.key.startswith("+")
        old = (LoginGuard.last_try_at < since, or_(LoginGuard.last_try_at < known_since, ~is_known))
        keys = list(self.session.scalars(select(LoginGuard.key).where(*old).limit(limit)))
        if keys:
            # Once more: whoever tries at this moment is not idle.
            changed(self.session, delete(LoginGuard).where(LoginGuard.key.in_(keys), *old))
        return len(keys)

    def _is_known(self, keys: GuardKeys, at: datetime) -> bool:
        query = select(LoginGuard.key).where(LoginGuard.key == keys.known, LoginGuard.last_try_at > at - KNOWN)
        return self.session.scalar(query) is not None

    def _remember(self, key: str, at: datetime) -> None:
        row = self._lock(key)
        if row is not None:
            row.last_try_at = at
        else:
            self._begin(key, at)

    def _count(self, key: str, *, at: datetime, most: int) -> None:
        guard = self._lock(key)
        if guard is None and self._begin(key, at):
            return
        guard = guard or self._lock(key)
        if guard is not None:
            guard.count_try(at=at, most=most)

    def _lock(self, key: str) -> LoginGuard | None:
        query = select(LoginGuard).where(LoginGuard.key == key).with_for_update()
        return self.first(query.execution_options(populate_existing=True))

    def _begin(self, key: str, at: datetime) -> bool:
        try:
            with self.session.begin_nested():
                self.session.add(LoginGuard.first_try(key, at=at))
        except IntegrityError as error:
            if is_duplicate(error):
                return False
            raise
        return True

"""The lock-out (锁定登录): ten wrong passwords for one username, then fifteen minutes of nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from backend.user.domain.error import LockedOut
from kit.db.types import Code, UtcDateTime
from kit.domain.entity import Entity

MAX_TRIES = 10
LOCK = timedelta(minutes=15)


class LoginGuard(Entity):
    """Tries for one username since the last success, whether or not anybody has that name.

    A try is counted before the password is looked at, so that a hundred guesses at once are still a hundred tries.
    """

    __tablename__ = "usr_login_guard"
    __table_args__ = (Index("ix_usr_login_guard_last_try_at", "last_try_at"),)

    username: Mapped[str] = mapped_column(Code(32), primary_key=True)
    tries: Mapped[int] = mapped_column(Integer)
    last_try_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @classmethod
    def first_try(cls, username: str, *, at: datetime) -> LoginGuard:
        """A name nobody tried lately."""
        return cls(username=username, tries=1, last_try_at=at)

    def can_try(self, now: datetime) -> bool:
        """False while locked."""
        return self.tries < MAX_TRIES or now >= self.last_try_at + LOCK

    def count_try(self, *, at: datetime) -> None:
        """One more. Raises `LockedOut`; a refused try does not prolong the lock."""
        if not self.can_try(at):
            left = self.last_try_at + LOCK - at
            raise LockedOut(minutes=ceil(left / timedelta(minutes=1)), retry_after_seconds=ceil(left.total_seconds()))
        self.tries = 1 if at >= self.last_try_at + LOCK else self.tries + 1
        self.last_try_at = at

"""The lock-out (锁定登录): ten wrong passwords for a name from one network, a hundred from everywhere, and then fifteen
minutes of nothing.

One network is stopped early, and by its own lock alone: it may not hold a name shut for others. Many networks together
do lock the name, but never where its owner has logged in lately.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from backend.user.domain.error import LockedOut
from kit.db.types import Code, UtcDateTime
from kit.domain.entity import Entity

MAX_TRIES = 10
MAX_TRIES_EVERYWHERE = 100
LOCK = timedelta(minutes=15)
# Whoever logged in from a network within this time is not kept out there by what others try elsewhere.
KNOWN = timedelta(days=30)


@dataclass(frozen=True)
class GuardKeys:
    """Under which keys the tries for a name from a network are counted: 32 ASCII characters at most.

    No username begins with ``@`` or ``+``. All keys of one name begin alike, so that they can be forgotten
    without knowing the networks.
    """

    username: str
    network: str

    @property
    def name(self) -> str:
        """All tries for the name from networks that are not known."""
        return self.username

    @property
    def pair(self) -> str:
        """The tries for the name from this network."""
        return f"{beginnings(self.username)[0]}{_digest(f'{self.username} {self.network}', 16)}"

    @property
    def known(self) -> str:
        """That its owner logged in from this network."""
        return f"{beginnings(self.username)[1]}{_digest(f'{self.username} {self.network}', 16)}"


def beginnings(username: str) -> tuple[str, str]:
    """What all keys of a name with a network begin with: those of tries, and those of known networks."""
    digest = _digest(username, 15)
    return f"@{digest}", f"+{digest}"


def _digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]


class LoginGuard(Entity):
    """Tries under one of `GuardKeys` since the last success, whether or not anybody has that name.

    A try is counted before the password is looked at, so that a hundred guesses at once are still a hundred tries.
    """

    __tablename__ = "usr_login_guard"
    __table_args__ = (Index("ix_usr_login_guard_last_try_at", "last_try_at"),)

    key: Mapped[str] = mapped_column("username", Code(32), primary_key=True)
    tries: Mapped[int] = mapped_column(Integer)
    last_try_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @classmethod
    def first_try(cls, key: str, *, at: datetime) -> LoginGuard:
        """A key that nobody tried lately."""
        return cls(key=key, tries=1, last_try_at=at)

    def can_try(self, now: datetime, *, most: int = MAX_TRIES) -> bool:
        """False while locked."""
        return self.tries < most or now >= self.last_try_at + LOCK

    def count_try(self, *, at: datetime, most: int = MAX_TRIES) -> None:
        """One more of `most`. Raises `LockedOut`; a refused try does not prolong the lock."""
        if not self.can_try(at, most=most):
            left = self.last_try_at + LOCK - at
            raise LockedOut(minutes=ceil(left / timedelta(minutes=1)), retry_after_seconds=ceil(left.total_seconds()))
        self.tries = 1 if at >= self.last_try_at + LOCK else self.tries + 1
        self.last_try_at = at

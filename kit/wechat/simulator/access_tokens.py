"""stable_token: one access token for all callers until it expires or one of them forces a new one."""

import math
import secrets
from datetime import datetime, timedelta
from threading import RLock

from kit.wechat.simulator.clock import Clock
from kit.wechat.simulator.errors import MiniProgramError

LIFE = timedelta(seconds=7200)


class AccessTokens:
    def __init__(self, clock: Clock, lock: RLock) -> None:
        self._clock = clock
        self._lock = lock
        self._current = ""
        self._expires_at: dict[str, datetime] = {}
        self.issued = 0

    def stable(self, *, force_refresh: bool) -> tuple[str, int]:
        """The token and the seconds it still has; forcing invalidates the previous one at once."""
        with self._lock:
            now = self._clock()
            if force_refresh:
                self._expires_at.pop(self._current, None)
            expires_at = self._expires_at.get(self._current)
            if expires_at is None or expires_at <= now:
                self._current = secrets.token_urlsafe(96)
                self.issued += 1
                expires_at = self._expires_at[self._current] = now + LIFE
            return self._current, math.ceil((expires_at - now).total_seconds())

    def check(self, token: str) -> None:
        """40001 for a token that is not or no longer ours, 42001 for one that ran out."""
        with self._lock:
            expires_at = self._expires_at.get(token)
            if expires_at is None:
                raise MiniProgramError(40001)
            if expires_at <= self._clock():
                raise MiniProgramError(42001)

    def expire(self) -> None:
        """Play two hours passing."""
        with self._lock:
            if self._current:
                self._expires_at[self._current] = self._clock()

    def clear(self) -> None:
        self._current = ""
        self._expires_at.clear()
        self.issued = 0

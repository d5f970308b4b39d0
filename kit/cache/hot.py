"""Hot reads as ready bytes: no round trip while fresh, one to Redis for a hit, one database read for a stampede.

Every entry carries the generation it was read under; `forget` starts a new one, so an answer that was read before the
change can never be refilled after it. In the process that made the change it is visible at once; the others ask Redis
for the generation `FRESH_SECONDS` after they last did. The short life of entries is only the safety net for a
generation that could not be written because Redis was away.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import orjson
from flask import Response, request
from loguru import logger
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.engine import make_url

from kit.cache.single_flight import SingleFlight

T = TypeVar("T")

LIFE_SECONDS = 30
FRESH_SECONDS = 0.25
MOST_FRESH = 512
LOCK_MS = 3000
WAIT_SECONDS = 0.5
POLL_SECONDS = 0.01
SILENCE_SECONDS = 1.0


@dataclass(frozen=True)
class HotBytes:
    """A JSON body and its ETag."""

    etag: str
    body: bytes

    @classmethod
    def of(cls, value: Any) -> HotBytes:
        """`value` as JSON."""
        body = orjson.dumps(value)
        return cls(hashlib.blake2b(body, digest_size=12).hexdigest(), body)

    def answer(self) -> Response:
        """The HTTP answer: 304 when the client has these bytes already. Clients ask again every time (no-cache)."""
        response = Response(self.body, mimetype="application/json")
        response.set_etag(self.etag)
        response.headers["Cache-Control"] = "no-cache"
        response.make_conditional(request)
        return response


@dataclass(frozen=True)
class _Look:
    """What Redis said: its generation (None: it is away), the entry of that generation, if a refill is under way."""

    generation: str | None = None
    hot: HotBytes | None = None
    locked: bool = False


@dataclass(frozen=True)
class _Fresh:
    """What this process has just served: good until then, unless it has changed something itself since."""

    hot: HotBytes
    until: float
    changes: int


def fingerprint(database_url: str) -> str:
    """Eight hexadecimal digits for a database: two shops that share a Redis must not read each other's answers."""
    shown = make_url(database_url).render_as_string(hide_password=True)
    return hashlib.blake2b(shown.encode(), digest_size=4).hexdigest()


class HotCache:
    """Cached answers of one context, forgotten together. `redis` is asked for the client at every use."""

    def __init__(self, redis: Callable[[], Redis], *, name: str, fresh_seconds: float = FRESH_SECONDS) -> None:
        self._redis = redis
        self._fresh_seconds = fresh_seconds
        # The braces keep a context's keys on one node of a Redis Cluster: MGET needs that.
        self._prefix = f"hot:{{{name}}}:"
        self._flights: SingleFlight[HotBytes] = SingleFlight()
        self._fresh: dict[str, _Fresh] = {}
        self._changes = 0
        self._change_untold = False
        self._silent_until = 0.0

    def get(self, key: str, load: Callable[[], Any]) -> HotBytes:
        """The bytes under `key`, or what `load` reads from the database; an error of `load` is not kept."""
        started, changes = time.monotonic(), self._changes
        fresh = self._fresh.get(key)
        if fresh is not None and started < fresh.until and changes == fresh.changes:
            return fresh.hot
        hot = self._ask_around(key, load)
        if len(self._fresh) >= MOST_FRESH:
            self._fresh.clear()
        # Counted from before the look: what it found may have been old by the time it came back.
        self._fresh[key] = _Fresh(hot, started + self._fresh_seconds, changes)
        return hot

    def _ask_around(self, key: str, load: Callable[[], Any]) -> HotBytes:
        look = self._look(key)
        if look.hot is not None:
            return look.hot
        # Whoever asks after a change must not board a flight that started before it.
        flight = f"{key}@{look.generation}@{self._changes}"
        return self._flights.do(flight, lambda: self._refill(key, look.generation, load))

    def forget(self) -> None:
        """Start a new generation: call it after the commit of a change (`kit.service.transaction.after_commit`)."""
        self._changes += 1
        self._change_untold = True
        self._tell_change()

    def _tell_change(self) -> None:
        # A random name, not a counter: a counter that Redis lost would come back to numbers that entries still carry.
        if self._ask(lambda redis: redis.set(self._prefix + "generation", secrets.token_hex(8))):
            self._change_untold = False

    def _refill(self, key: str, generation: str | None, load: Callable[[], Any]) -> HotBytes:
        if generation is None:
            return HotBytes.of(load())
        lock = f"{self._prefix}lock:{key}"
        leads = self._ask(lambda redis: redis.set(lock, "1", nx=True, px=LOCK_MS))
        try:
            # Leading: somebody may have refilled just before. Not leading: another process is reading for all of us.
            look = self._look(key) if leads else self._wait(key)
            return look.hot or self._read(key, look.generation, load)
        finally:
            if leads:
                self._ask(lambda redis: redis.delete(lock))

    def _read(self, key: str, generation: str | None, load: Callable[[], Any]) -> HotBytes:
        # The generation was asked for before the database is read: what is read is at least that new.
        hot = HotBytes.of(load())
        if generation is not None:
            entry = f"{generation} {hot.etag}\n".encode() + hot.body
            self._ask(lambda redis: redis.set(self._prefix + key, entry, ex=LIFE_SECONDS))
        return hot

    def _wait(self, key: str) -> _Look:
        until = time.monotonic() + WAIT_SECONDS
        look = self._look(key)
        while look.hot is None and look.locked and time.monotonic() < until:
            time.sleep(POLL_SECONDS)
            look = self._look(key)
        return look

    def _look(self, key: str) -> _Look:
        if self._change_untold:
            self._tell_change()
        names = [self._prefix + "generation", self._prefix + key, f"{self._prefix}lock:{key}"]
        found = self._ask(lambda redis: cast("list[bytes | None]", redis.mget(names)))
        if found is None:
            return _Look()
        generation = (found[0] or b"none").decode()
        head, _, body = (found[1] or b"").partition(b"\n")
        kept_under, _, etag = head.decode().partition(" ")
        hot = HotBytes(etag, body) if kept_under == generation else None
        return _Look(generation, hot, locked=found[2] is not None)

    def _ask(self, command: Callable[[Redis], T]) -> T | None:
        """Redis's answer, or None: it is away. After a failure it is left alone for a second, not waited for again."""
        if time.monotonic() < self._silent_until:
            return None
        try:
            return command(self._redis())
        except (RedisError, OSError) as error:
            self._silent_until = time.monotonic() + SILENCE_SECONDS
            logger.warning("hot cache goes on without Redis: {}", error)
            return None

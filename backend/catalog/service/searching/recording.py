"""What customers search for: counted in Redis while they search, written to the database by a timer."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from loguru import logger
from redis import Redis
from redis.exceptions import RedisError

from backend.catalog.domain.search.question import Question
from backend.catalog.repository.search.log import Counted, SearchLogRepository
from backend.catalog.service.zone import SHOP_ZONE
from kit.service.transaction import transactional

LONGEST = 60
MOST_QUESTIONS = 20_000
_SILENCE_SECONDS = 1.0
_BATCH = 500

# One round trip; new questions are not taken in once the hash is full, so that nobody can fill Redis with nonsense.
_NOTE = """
if redis.call('HEXISTS', KEYS[1], 't' .. ARGV[1]) == 0 and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then
  return 0
end
redis.call('HINCRBY', KEYS[1], 't' .. ARGV[1], 1)
if ARGV[2] == '0' then redis.call('HINCRBY', KEYS[1], 'm' .. ARGV[1], 1) end
redis.call('HSET', KEYS[1], 'r' .. ARGV[1], ARGV[2])
return 1
"""


@dataclass(frozen=True)
class _Keys:
    """The hash that counts, and the one that is being written; the braces keep both on one node of a cluster."""

    counting: str
    writing: str


class Recording:
    """Statistics, not the truth: what was counted and not written is lost with Redis, and no search waits for it."""

    def __init__(self, redis: Callable[[], Redis], log: SearchLogRepository, *, name: str) -> None:
        self._redis = redis
        self._log = log
        self._keys = _Keys(f"search:{{{name}}}:counting", f"search:{{{name}}}:writing")
        self._silent_until = 0.0

    def note(self, question: Question, results: int) -> None:
        """Count one question and how many hits its first page had. While Redis is away, nothing is counted."""
        words = question.key[:LONGEST].strip()
        if not words or time.monotonic() < self._silent_until:
            return
        try:
            self._redis().eval(_NOTE, 1, self._keys.counting, words, str(results), str(MOST_QUESTIONS * 3))
        except (RedisError, OSError) as error:
            self._silent_until = time.monotonic() + _SILENCE_SECONDS
            logger.warning("a search was not counted: {}", error)

    def flush(self, *, now: datetime) -> int:
        """Write what was counted to today's rows; how many questions. What a run that died left over comes first.

        A run that dies after its commit writes its last numbers twice: they are statistics.
        """
        day = int(now.astimezone(SHOP_ZONE).strftime("%Y%m%d"))
        try:
            return self._flush(day, now)
        except (RedisError, OSError) as error:
            logger.warning("searches wait in Redis: {}", error)
            return 0

    def _flush(self, day: int, now: datetime) -> int:
        redis = self._redis()
        if not redis.exists(self._keys.writing):
            if not redis.exists(self._keys.counting):
                return 0
            redis.rename(self._keys.counting, self._keys.writing)
        counted = _read(cast("dict[bytes, bytes]", redis.hgetall(self._keys.writing)))
        for start in range(0, len(counted), _BATCH):
            self._write(day, counted[start : start + _BATCH], now)
        redis.delete(self._keys.writing)
        return len(counted)

    @transactional
    def _write(self, day: int, counted: Sequence[Counted], now: datetime) -> None:
        self._log.add_counts(day, counted, at=now)


def _read(fields: dict[bytes, bytes]) -> list[Counted]:
    decoded = {name.decode(errors="replace"): int(value) for name, value in fields.items()}
    return [
        Counted(name[1:], times, decoded.get("m" + name[1:], 0), decoded.get("r" + name[1:], 0))
        for name, times in sorted(decoded.items())
        if name.startswith("t")
    ]

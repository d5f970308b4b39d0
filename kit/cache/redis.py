"""The Redis client with short time limits and no hidden retries, or a stand-in inside the process."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

REDIS_KEY = "qiyuan_redis"
CONNECT_SECONDS = 0.3
ANSWER_SECONDS = 0.5


def make_redis(url: str) -> Redis:
    """A client for `url`; ``memory://`` gives a stand-in that speaks Lua too.

    redis-py's default retries turn a 0.5 s limit into 8.7 s, hence `Retry(NoBackoff(), 0)`.
    """
    if url.startswith("memory://"):
        import fakeredis  # noqa: PLC0415 - a second Lua engine in memory: only where it is wanted

        stand_in: Redis = fakeredis.FakeRedis()
        return stand_in
    options: dict[str, Any] = {
        "socket_connect_timeout": CONNECT_SECONDS,
        "socket_timeout": ANSWER_SECONDS,
        "retry": Retry(NoBackoff(), 0),
        "health_check_interval": 30,
    }
    return Redis.from_url(url, **options)


def init_redis(app: Flask, url: str) -> None:
    """Give the application its client."""
    app.extensions[REDIS_KEY] = make_redis(url)


def redis_client() -> Redis:
    """The running application's client."""
    client: Redis = current_app.extensions[REDIS_KEY]
    return client

"""The three servers the shop needs, and what is different about each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import handshake


@dataclass(frozen=True)
class Kind:
    name: str
    variable: str
    """The environment variable that carries its URL, both ways: named by the developer, printed by `env`."""
    compose: str
    """Its service in docker-compose.yml."""
    package: str
    programs: tuple[str, ...]
    """What must be installed to run it as a private process."""
    answer: Callable[[str, float], str]
    """Takes a URL and a time limit in seconds, returns the server's version or raises NoAnswer."""


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "mariadb",
            "TEST_DATABASE_URL",
            "mysql",
            "mariadb-server",
            ("mariadbd", "mariadb-install-db", "mariadb"),
            handshake.mysql,
        ),
        Kind("redis", "TEST_REDIS_URL", "redis", "redis-server", ("redis-server",), handshake.redis),
        Kind(
            "rabbitmq",
            "TEST_BROKER_URL",
            "rabbitmq",
            "rabbitmq-server",
            ("rabbitmq-server", "rabbitmqctl", "epmd"),
            handshake.amqp,
        ),
    )
}

"""RabbitMQ for a test: a virtual host on the shared server, or servers of its own that it may stop or let hang."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from amqp.exceptions import NotFound
from kombu import Connection

from scripts._services.state import State
from scripts._services.virtual_host import virtual_host as make_virtual_host
from tests.support.processes import ROOT
from tests.support.servers import Servers

CONTROL_SECONDS = 60


@contextmanager
def virtual_host(broker_url: str, rabbitmqctl: str | None) -> Iterator[str]:
    """The address of an empty virtual host, dropped at the end."""
    if rabbitmqctl is None:
        if os.environ.get("REQUIRE_SERVICES") == "1":
            raise RuntimeError("REQUIRE_SERVICES=1, but TEST_RABBITMQCTL is not set; see scripts/services")
        pytest.skip("TEST_RABBITMQCTL is not set: no virtual host of our own can be made")
    with make_virtual_host(broker_url, rabbitmqctl, purpose="test") as url:
        yield url


@dataclass(frozen=True)
class PrivateServers:
    """Redis and RabbitMQ that nobody else uses."""

    folder: Path
    redis_url: str
    broker_url: str
    rabbitmqctl: str

    def start(self, *names: str) -> None:
        """Bring up servers that were stopped."""
        _services(self.folder, "start", *names)

    def stop(self, *names: str) -> None:
        """The servers are gone: connections are refused. Addresses and what is kept on disk stay."""
        _services(self.folder, "stop", *names)

    def pause(self, *names: str) -> None:
        """The servers hang: connections are accepted, and never answered."""
        _services(self.folder, "pause", *names)

    def resume(self, *names: str) -> None:
        """The servers go on."""
        _services(self.folder, "resume", *names)


_PRIVATE = pytest.StashKey[PrivateServers]()


def private_servers(servers: Servers, config: pytest.Config, temporary: pytest.TempPathFactory) -> PrivateServers:
    """Started once per run and worker. Whoever stops them or lets them hang brings them back."""
    if servers.broker_url is None:
        pytest.skip("no RabbitMQ: run `make test`, or `scripts/services start` and take its `env`")
    if _PRIVATE not in config.stash:
        folder = temporary.mktemp("private")
        config.add_cleanup(lambda: _services(folder, "stop"))
        _services(folder, "start", "redis", "rabbitmq")
        redis, rabbitmq = (State(folder).servers[name] for name in ("redis", "rabbitmq"))
        config.stash[_PRIVATE] = PrivateServers(folder, redis.url, rabbitmq.url, rabbitmq.settings["rabbitmqctl"])
    return config.stash[_PRIVATE]


def _services(folder: Path, *arguments: str) -> None:
    # The shared servers' addresses would be taken for ours.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TEST_")}
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "services"), *arguments],
        env=environment | {"SERVICES_DIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=CONTROL_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"scripts/services {' '.join(arguments)}: {done.stdout}{done.stderr}"


def waiting_in(broker_url: str, queue: str) -> int:
    """How many messages are ready in a queue (in no consumer's hands); none in one that is not there yet."""
    with Connection(broker_url, connect_timeout=3) as connection, connection.channel() as channel:
        try:
            return int(channel.queue_declare(queue=queue, passive=True).message_count)
        except NotFound:
            return 0


def exists(broker_url: str, queue: str) -> bool:
    """True when the broker has this queue."""
    with Connection(broker_url, connect_timeout=3) as connection, connection.channel() as channel:
        try:
            channel.queue_declare(queue=queue, passive=True)
        except NotFound:
            return False
        return True


def look_into(broker_url: str, queue: str) -> list[dict[str, Any]]:
    """The headers of all messages that are ready in a queue. They stay, but each look counts as a delivery."""
    with Connection(broker_url, connect_timeout=3) as connection, connection.channel() as channel:
        count = channel.queue_declare(queue=queue, passive=True).message_count
        messages = [channel.basic_get(queue) for _ in range(count)]
        found = [message for message in messages if message is not None]
        for message in found:
            channel.basic_reject(message.delivery_tag, requeue=True)
        return [dict(message.headers) for message in found]

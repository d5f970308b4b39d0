"""RabbitMQ for a test: a virtual host on the shared server, or servers of its own that it may stop or let hang."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from kombu import Connection

from scripts._services.state import State
from tests.support.processes import ROOT
from tests.support.servers import Servers

CONTROL_SECONDS = 60


@contextmanager
def virtual_host(servers: Servers) -> Iterator[str]:
    """The address of an empty virtual host, dropped at the end."""
    assert servers.broker_url is not None
    if servers.rabbitmqctl is None:
        if os.environ.get("REQUIRE_SERVICES") == "1":
            raise RuntimeError("REQUIRE_SERVICES=1, but TEST_RABBITMQCTL is not set; see scripts/services")
        pytest.skip("TEST_RABBITMQCTL is not set: no virtual host of our own can be made")
    name = f"qiyuan_test_{os.getpid()}_{uuid.uuid4().hex[:8]}"
    address = urlsplit(servers.broker_url)
    _control(servers.rabbitmqctl, "add_vhost", name)
    try:
        _control(servers.rabbitmqctl, "set_permissions", "-p", name, address.username or "guest", ".*", ".*", ".*")
        yield address._replace(path=f"/{name}").geturl()
    finally:
        _control(servers.rabbitmqctl, "delete_vhost", name)


def _control(rabbitmqctl: str, *arguments: str) -> None:
    command = [*shlex.split(rabbitmqctl), "--quiet", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=CONTROL_SECONDS, check=False)
    assert done.returncode == 0, f"rabbitmqctl {' '.join(arguments)}: {done.stdout}{done.stderr}"


@dataclass(frozen=True)
class PrivateServers:
    """Redis and RabbitMQ that nobody else uses."""

    folder: Path
    redis_url: str
    broker_url: str

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


@contextmanager
def private_servers(folder: Path) -> Iterator[PrivateServers]:
    """Servers for this test alone."""
    try:
        _services(folder, "start", "redis", "rabbitmq")
        known = State(folder).servers
        yield PrivateServers(folder, known["redis"].url, known["rabbitmq"].url)
    finally:
        _services(folder, "stop")


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
    """How many messages are ready in a queue: neither in a consumer's hands nor acknowledged."""
    with Connection(broker_url, connect_timeout=3) as connection, connection.channel() as channel:
        return int(channel.queue_declare(queue=queue, passive=True).message_count)


def consumers_of(broker_url: str, queue: str) -> int:
    """How many consumers a queue has."""
    with Connection(broker_url, connect_timeout=3) as connection, connection.channel() as channel:
        return int(channel.queue_declare(queue=queue, passive=True).consumer_count)

"""A virtual host on a running RabbitMQ, for whoever needs queues that nobody else sees."""

from __future__ import annotations

import os
import shlex
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

_SECONDS = 60


@contextmanager
def virtual_host(broker_url: str, rabbitmqctl: str, *, purpose: str) -> Iterator[str]:
    """The address of an empty virtual host, dropped at the end. RuntimeError with what rabbitmqctl said."""
    name = f"qiyuan_{purpose}_{os.getpid()}_{uuid.uuid4().hex[:8]}"
    address = urlsplit(broker_url)
    _control(rabbitmqctl, "add_vhost", name)
    try:
        _control(rabbitmqctl, "set_permissions", "-p", name, address.username or "guest", ".*", ".*", ".*")
        yield address._replace(path=f"/{name}").geturl()
    finally:
        _control(rabbitmqctl, "delete_vhost", name)


def _control(rabbitmqctl: str, *arguments: str) -> None:
    command = [*shlex.split(rabbitmqctl), "--quiet", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"rabbitmqctl {' '.join(arguments)}: {done.stdout}{done.stderr}")

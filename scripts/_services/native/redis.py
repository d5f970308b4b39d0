"""Redis without persistence: a restart forgets everything, as a cache may."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from .. import programs
from ..launch import Launch
from ..ports import free_port
from ..state import Server, write_private


def plan() -> Server:
    return Server("redis", "native", f"redis://:{secrets.token_hex(16)}@127.0.0.1:{free_port()}")


def launch(server: Server, folder: Path, launch: Launch) -> None:
    write_private(
        folder / "redis.conf",
        f'port {server.port}\nbind 127.0.0.1\nrequirepass {server.password}\nsave ""\nappendonly no\ndaemonize no\n',
    )
    command = [programs.find("redis-server") or "redis-server", "redis.conf"]
    launch.spawn(server, command, folder=folder, environment=os.environ)


def prove(server: Server, folder: Path, launch: Launch) -> None:
    """Its PING has said it all."""

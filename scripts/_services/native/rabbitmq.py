"""RabbitMQ with an Erlang port mapper (epmd), node and home of its own, apart from any other node here."""

from __future__ import annotations

import os
import secrets
import shlex
from pathlib import Path

from .. import programs
from ..launch import Launch
from ..ports import free_port
from ..state import Server, write_private

_NODE_OPTIONS = ("+sbwt none", "-kernel inet_dist_use_interface {127,0,0,1}", "-start_epmd false")


def plan() -> Server:
    url = f"amqp://services:{secrets.token_hex(16)}@127.0.0.1:{free_port()}/"
    settings = {"epmd_port": str(free_port()), "distribution_port": str(free_port())}
    return Server("rabbitmq", "native", url, settings=settings)


def launch(server: Server, folder: Path, launch: Launch) -> None:
    _write_configuration(server, folder)
    server.settings["rabbitmqctl"] = shlex.quote(str(_write_control(server, folder)))
    environment = _environment(server, folder)
    # Neither a shell nor the node starts an epmd then, which would outlive both.
    launch.spawn(server, [_program("epmd")], folder=folder, environment=environment)
    launch.spawn(server, [_program("rabbitmq-server")], folder=folder, environment=environment)


def prove(server: Server, folder: Path, launch: Launch) -> None:
    """It has opened a virtual host for us: the node and its application run."""


def _write_configuration(server: Server, folder: Path) -> None:
    lines = (
        f"listeners.tcp.1 = 127.0.0.1:{server.port}",
        "default_user = services",
        f"default_pass = {server.password}",
        "default_user_tags.administrator = true",
        "loopback_users = none",
        "disk_free_limit.absolute = 50MB",
    )
    write_private(folder / "rabbitmq.conf", "\n".join(lines) + "\n")
    write_private(folder / "enabled_plugins", "[].\n")
    cookie = folder / ".erlang.cookie"
    if not cookie.exists():
        write_private(cookie, secrets.token_hex(20), mode=0o400)


def _write_control(server: Server, folder: Path) -> Path:
    """rabbitmqctl for this node, for the tests that need a virtual host of their own."""
    settings = " ".join(shlex.quote(f"{name}={value}") for name, value in _environment(server, folder).items())
    control = folder / "rabbitmqctl"
    write_private(control, f'#!/bin/sh\nexec env {settings} {_program("rabbitmqctl")} "$@"\n', mode=0o700)
    return control


def _environment(server: Server, folder: Path) -> dict[str, str]:
    """All of it: nothing of the developer's own RABBITMQ_… variables may leak in."""
    return {
        "PATH": os.pathsep.join((os.environ.get("PATH", ""), "/usr/bin", "/bin")),
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": server.settings["epmd_port"],
        "ERL_CRASH_DUMP": "/dev/null",
        "RABBITMQ_NODENAME": "services@localhost",
        "RABBITMQ_DIST_PORT": server.settings["distribution_port"],
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "rabbitmq-env.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "generated"),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_PID_FILE": str(folder / "rabbitmq.pid"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": " ".join(_NODE_OPTIONS),
        # The start script then becomes the node instead of waiting for it: the pid we know is the node's.
        "RUNNING_UNDER_SYSTEMD": "true",
    }


def _program(name: str) -> str:
    return programs.find(name) or name

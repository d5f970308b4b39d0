"""Servers from docker-compose.yml, in a compose project of their own: its volumes are never those of a deployment."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shlex
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .failures import NoAnswer, ServerFailed
from .interrupts import undisturbed
from .kinds import KINDS
from .ports import free_port
from .state import Server, State, write_private

COMPOSE_FILE = Path(__file__).resolve().parents[2] / "docker-compose.yml"
_REQUIRED = re.compile(r"\$\{(\w+):\?")

_URLS: dict[str, Callable[[Mapping[str, str]], str]] = {
    "mariadb": lambda v: f"mysql+pymysql://root:{v['MYSQL_ROOT_PASSWORD']}@127.0.0.1:{v['MYSQL_PORT']}/",
    "redis": lambda v: f"redis://:{v['REDIS_PASSWORD']}@127.0.0.1:{v['REDIS_PORT']}",
    "rabbitmq": lambda v: f"amqp://{v['RABBITMQ_USER']}:{v['RABBITMQ_PASSWORD']}@127.0.0.1:{v['RABBITMQ_PORT']}/",
}


class DockerProvider:
    def __init__(self, state: State, compose_file: Path = COMPOSE_FILE) -> None:
        self._state = state
        self._compose_file = compose_file

    def start(self, names: Sequence[str]) -> None:
        fresh = [name for name in names if name not in self._state.servers]
        forgotten = not self._variables_file.exists()
        values = self.variables()
        try:
            if forgotten:  # volumes with passwords nobody knows any more
                self._compose("down", "--volumes", "--remove-orphans")
            self._compose("up", "--detach", "--wait", "--wait-timeout", "120", *_services(names))
            for name in names:
                self._state.servers[name] = self._answering(name, _URLS[name](values))
        except BaseException:
            with undisturbed():
                self._clean_up(fresh, [name for name in names if name not in fresh])
            raise
        finally:
            self._state.save()

    def end(self, names: Sequence[str]) -> None:
        self._compose("stop", *_services(names))

    def remove(self, names: Sequence[str]) -> None:
        if self._variables_file.exists():  # also after a start that failed
            self._compose("down", "--volumes", "--remove-orphans")
            self._variables_file.unlink()
        for name in names:
            self._state.forget(name)

    def pause(self, name: str) -> None:
        self._compose("pause", *_services([name]))

    def resume(self, name: str) -> None:
        self._compose("unpause", *_services([name]))

    def is_up(self, server: Server) -> bool:
        try:
            KINDS[server.name].answer(server.url, 2.0)
        except NoAnswer:
            return False
        return True

    def command(self, *arguments: str) -> list[str]:
        digest = hashlib.sha256(os.fsencode(self._state.folder.resolve())).hexdigest()[:8]
        where = ("--project-name", f"services-{digest}", "--file", str(self._compose_file))
        return ["docker", "compose", *where, "--env-file", str(self._variables_file), *arguments]

    @property
    def _variables_file(self) -> Path:
        return self._state.folder / "compose.env"

    def variables(self) -> dict[str, str]:
        """Ports and passwords, kept over restarts. Whatever the compose file requires gets a random value, as compose
        checks the variables of every service, also of those that are not started."""
        values = self._stored_values()
        values.setdefault("RABBITMQ_USER", "services")
        for name in ("MYSQL_PORT", "REDIS_PORT", "RABBITMQ_PORT"):
            values.setdefault(name, str(free_port()))
        for name in _REQUIRED.findall(self._compose_file.read_text(encoding="utf-8")):
            values.setdefault(name, secrets.token_hex(16))
        write_private(self._variables_file, "".join(f"{name}={value}\n" for name, value in values.items()))
        return values

    def _stored_values(self) -> dict[str, str]:
        try:
            lines = self._variables_file.read_text().splitlines()
        except FileNotFoundError:
            return {}
        return dict(line.split("=", 1) for line in lines)

    def _answering(self, name: str, url: str) -> Server:
        server = Server(name, "docker", url, ready=True)
        try:
            server.version = KINDS[name].answer(url, 10.0)
        except NoAnswer as reason:
            raise ServerFailed(f"{name} in Docker does not answer at {server.address}: {reason}") from reason
        if name == "rabbitmq":
            server.settings["rabbitmqctl"] = shlex.join(self.command("exec", "-T", "rabbitmq", "rabbitmqctl"))
        return server

    def _clean_up(self, fresh: Sequence[str], restarted: Sequence[str]) -> None:
        if fresh:
            self._run("rm", "--stop", "--force", "--volumes", *_services(fresh))
        if restarted:
            self._run("stop", *_services(restarted))

    def _compose(self, *arguments: str) -> None:
        result = self._run(*arguments)
        if result.returncode:
            logs = self._run("logs", "--tail", "20").stdout
            raise ServerFailed(f"docker compose {' '.join(arguments)} failed:\n{result.stdout}{logs}")

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            env={**os.environ, **self._stored_values()},  # compose prefers the environment to its --env-file
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            start_new_session=True,
        )


def is_available() -> bool:
    """A client alone is not enough: the engine must answer, and know compose."""
    return _succeeds("docker", "info") and _succeeds("docker", "compose", "version")


def _services(names: Sequence[str]) -> list[str]:
    return [KINDS[name].compose for name in names]


def _succeeds(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=5, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False

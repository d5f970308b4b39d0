"""One start of several servers at once: what the threads that bring them up share."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from .failures import Abandoned, NoAnswer, ServerFailed
from .kinds import KINDS
from .processes import Process
from .state import Server, State

LIMIT = 60.0
"""Seconds a server has until it must answer."""


class Launch:
    def __init__(self, state: State) -> None:
        self._state = state
        self._abandoned = threading.Event()

    def abandon(self) -> None:
        self._abandoned.set()

    def spawn(self, server: Server, command: Sequence[str], *, folder: Path, environment: Mapping[str, str]) -> None:
        """Starts a server for good and records it at once, so that even a killed `start` leaves nothing unknown."""
        server.processes.append(Process.started(self._popen(server, command, _log_of_server(folder), environment).pid))
        self._state.save()

    def run(self, server: Server, command: Sequence[str], *, folder: Path, environment: Mapping[str, str]) -> None:
        """A step that must end well before the server can start."""
        log = folder / "preparation.log"
        step = self._popen(server, command, log, environment)
        server.processes.append(Process.started(step.pid))
        self._state.save()
        try:
            deadline = time.monotonic() + LIMIT
            while step.poll() is None:
                self._heed_abandonment()
                if time.monotonic() > deadline:
                    raise ServerFailed(f"{command[0]} took more than {LIMIT:g} s\n{_tail(log)}")
                time.sleep(0.02)
        finally:
            server.processes.pop().kill()
            step.wait()
        if step.returncode:
            raise ServerFailed(f"{command[0]} failed with exit code {step.returncode}\n{_tail(log)}")

    def until_answering(self, server: Server, folder: Path) -> None:
        deadline = time.monotonic() + LIMIT
        while True:
            self._heed_abandonment()
            if not server.alive:
                raise ServerFailed(f"{server.name} ended before it answered\n{_tail(_log_of_server(folder))}")
            try:
                server.version = KINDS[server.name].answer(server.url, 2.0)
            except NoAnswer as reason:
                if time.monotonic() > deadline:
                    late = f"{server.name} at {server.address} does not answer after {LIMIT:g} s: {reason}"
                    raise ServerFailed(f"{late}\n{_tail(_log_of_server(folder))}") from reason
                time.sleep(0.05)
            else:
                return

    def _popen(
        self, server: Server, command: Sequence[str], log: Path, environment: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        self._heed_abandonment()
        with log.open("ab") as output:
            try:
                return subprocess.Popen(
                    command,
                    cwd=log.parent,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,  # Ctrl-C at the terminal is for us to handle, not for the servers
                )
            except OSError as error:
                raise ServerFailed(f"{server.name}: {command[0]} cannot be run: {error.strerror}") from error

    def _heed_abandonment(self) -> None:
        if self._abandoned.is_set():
            raise Abandoned("given up")


def _log_of_server(folder: Path) -> Path:
    return folder / "server.log"


def _tail(log: Path, lines: int = 20) -> str:
    try:
        end = log.read_text(errors="replace").splitlines()[-lines:]
    except FileNotFoundError:
        end = []
    return "\n".join([f"{log} ends with:", *(f"  {line}" for line in end or ["(nothing)"])])

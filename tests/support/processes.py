"""Real processes for tests: each leads a process group, is waited for within bounds, and is ended for sure."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import pytest

T = TypeVar("T")

ROOT = Path(__file__).parents[2]
START_SECONDS = 30
POLL_SECONDS = 0.05

_running: list[Children] = []


class ProcessFailed(AssertionError):
    """A process ended, or did not become ready in time."""


def until(ask: Callable[[], T | None], *, seconds: float = 20, what: str) -> T:
    """The first answer of `ask` that is true; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(POLL_SECONDS)


class Child:
    """One process and everything it forks. What it writes is kept in `log`."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: Path,
        ready: Callable[[Child], bool],
        cwd: Path = ROOT,
        pass_fds: Sequence[int] = (),
    ) -> None:
        self.name = name
        self._ready = ready
        self.log = folder / f"{name}.log"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                list(command),
                cwd=cwd,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=pass_fds,
            )

    @property
    def pid(self) -> int:
        """Of the process itself, not of those it forks."""
        return self._process.pid

    @property
    def runs(self) -> bool:
        """False once it has ended."""
        return self._process.poll() is None

    def says(self, words: str) -> bool:
        """True when `words` stand in its log."""
        return words in self.log.read_text(errors="replace")

    def wait_until_ready(self, *, seconds: float = START_SECONDS) -> Child:
        """Itself. Raises `ProcessFailed`, with the end of the log, when it has died or is not ready in time."""
        deadline = time.monotonic() + seconds
        while not self._ready(self):
            if not self.runs or time.monotonic() > deadline:
                state = "is not ready" if self.runs else f"ended with {self._process.returncode}"
                raise ProcessFailed(f"{self.name} {state}\n{self.tail()}")
            time.sleep(POLL_SECONDS)
        return self

    def signal(self, number: signal.Signals) -> None:
        """To it and everything it forked."""
        os.killpg(self._process.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.send_signal(signal.SIGTERM)

    def wait(self, seconds: float) -> int:
        """Its exit code; subprocess.TimeoutExpired when it runs on."""
        return self._process.wait(seconds)

    def stop(self, patience: float = 5) -> None:
        """SIGTERM, then SIGKILL for the whole group, orphans included."""
        if self.runs:
            self.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(patience)
        self.kill()

    def kill(self) -> None:
        """End the group at once."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def tail(self, lines: int = 60) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


class Children:
    """The processes of one test or module."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._all: list[Child] = []

    def start(self, name: str, command: Sequence[str], **options: Any) -> Child:
        """Start one, with the options of `Child`; a name that is used again gets a number."""
        used = len(self.named(name))
        child = Child(f"{name}#{used + 1}" if used else name, command, folder=self.folder, **options)
        self._all.append(child)
        return child

    def named(self, name: str) -> list[Child]:
        """Those that were started under this name."""
        return [child for child in self._all if child.name.partition("#")[0] == name]

    def wait_until_ready(self) -> None:
        """All that run. Starting them first and waiting then uses every core."""
        for child in self._all:
            if child.runs:
                child.wait_until_ready()

    def logs(self) -> Iterator[tuple[str, str]]:
        """Name and end of the log of each."""
        for child in self._all:
            yield child.name, child.tail()

    def end(self) -> None:
        """All of them at once: whether they end well when they are asked to is what tests are for."""
        for child in self._all:
            child.kill()


@contextmanager
def children(folder: Path) -> Iterator[Children]:
    """Processes that are gone when the block ends."""
    started = Children(folder)
    _running.append(started)
    try:
        yield started
    finally:
        started.end()
        _running.remove(started)


def logs_of_running() -> Iterator[tuple[str, str]]:
    """What a failed test shows."""
    for started in _running:
        yield from started.logs()


def with_logs(report: pytest.TestReport) -> pytest.TestReport:
    """The report of a failed test, with the end of every running process's log."""
    if report.failed:
        report.sections += [(f"end of the log of {name}", tail) for name, tail in logs_of_running()]
    return report

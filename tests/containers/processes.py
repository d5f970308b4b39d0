"""Plain processes in place of containers: each leads a group, is waited for, and is gone at the end."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

SECONDS = 60


def wait_for(ask: Callable[[], bool], what: str, *, seconds: float = SECONDS) -> None:
    """Until `ask` is true; AssertionError after `seconds`."""
    deadline = time.monotonic() + seconds
    while not ask():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


@dataclass
class Processes:
    """Those of one stack; their output is kept in `folder`."""

    folder: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, command: Sequence[str], *, environment: Mapping[str, str], folder: Path) -> None:
        """Start `command` in `folder`."""
        with self.log(name).open("ab") as log:
            self.running[name] = subprocess.Popen(
                command,
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_for(self, name: str, ask: Callable[[], bool]) -> None:
        """Until `ask` is true; shows the log of a process that ended or is not ready in time."""

        def ready() -> bool:
            assert self.running[name].poll() is None, f"{name} ended:\n{self.tail(name)}"
            return ask()

        try:
            wait_for(ready, name)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.tail(name)}") from None

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def tail(self, name: str) -> str:
        return "\n".join(self.log(name).read_text(errors="replace").splitlines()[-40:])

    def signal(self, name: str, number: signal.Signals) -> None:
        os.killpg(self.running[name].pid, number)

    def end(self) -> None:
        for process in self.running.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def processes(folder: Path) -> Iterator[Processes]:
    """They end with the block."""
    started = Processes(folder)
    try:
        yield started
    finally:
        started.end()

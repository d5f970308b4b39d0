"""Processes of our own, told apart from a stranger who was given the same pid later."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    pid: int
    born: str
    """The boot and the clock tick it was started at: with the pid, unique on this machine."""

    @classmethod
    def started(cls, pid: int) -> Process:
        return cls(pid, _birth(pid) or "")

    @property
    def alive(self) -> bool:
        return bool(self.born) and _birth(self.pid) == self.born

    @property
    def paused(self) -> bool:
        return self.alive and _stat(self.pid)[0] == "T"

    def pause(self) -> None:
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def end(self, *, patience: float) -> None:
        """Asks, waits for `patience` seconds, then kills."""
        self._signal(signal.SIGTERM)
        self.resume()
        if not self._gone_within(patience):
            self.kill()

    def kill(self) -> None:
        """With its whole process group: each process of ours leads its own."""
        if self.alive:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self._gone_within(5.0)

    def _signal(self, number: signal.Signals) -> None:
        if self.alive:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def _gone_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.alive and time.monotonic() < deadline:
            time.sleep(0.02)
        return not self.alive


def _birth(pid: int) -> str | None:
    """None for a process that ended, also if nobody has collected its exit code yet."""
    fields = _stat(pid)
    if not fields or fields[0] in "ZX":
        return None
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}:{fields[19]}"


def _stat(pid: int) -> list[str]:
    """/proc/<pid>/stat from the state (field 3 of proc(5)) on; the name before it may contain spaces and brackets."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []

"""What kinds of jobs there are: each context registers its own while it is wired."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from kit.job.failure import ALWAYS_POSSIBLE, JobFailure
from kit.job.outcome import Outcome
from kit.job.work import Work


class Runner(Protocol):
    """Does the work of one kind; no transaction is open. Raises JobRefused, JobDelayed, JobPaused, RunLost."""

    def run(self, work: Work) -> Outcome:
        """What the job leaves behind."""


@dataclass(frozen=True, kw_only=True)
class JobKind:
    """`name` is stable: rows wait under it, e.g. ``reporting.orders``. `failures` has a word for every code."""

    name: str
    runner: Runner
    failures: type[JobFailure]

    def __post_init__(self) -> None:
        speechless = set(ALWAYS_POSSIBLE) - {str(failure) for failure in self.failures}
        if speechless:
            raise ValueError(f"{self.name} has no words for {', '.join(sorted(speechless))}")


class Kinds:
    """The table of kinds."""

    def __init__(self) -> None:
        self._by_name: dict[str, JobKind] = {}

    def register(self, kind: JobKind) -> None:
        """Add one. A name stands for one runner."""
        if kind.name in self._by_name:
            raise ValueError(f"jobs of the kind {kind.name} have a runner already")
        self._by_name[kind.name] = kind

    def runner(self, name: str) -> Runner:
        """Raises KeyError for a kind nobody registered: a job of another version of the program."""
        return self._by_name[name].runner

"""A job: queued, run by one worker at a time, done or failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.types import Code, EnumText, UtcDateTime
from kit.domain.entity import Aggregate
from kit.job.failure import CANCELLED, INTERRUPTED
from kit.job.outcome import Outcome

LEASE = timedelta(minutes=2)
PATIENCE = timedelta(seconds=30)
"""A queued job that nobody began by then is asked for again."""
MOST_RUNS = 4
FILE_KEPT = timedelta(hours=24)
_SLOT = 1


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """What a worker needs to know for one run. `checkpoint` is what the last run left, or None for a first one."""

    job_id: int
    run: str
    kind: str
    owner: str
    parameters: Mapping[str, Any]
    confidential: Mapping[str, Any]
    checkpoint: Mapping[str, Any] | None


class Job(Aggregate):
    """`run` names the run that may write; `active` and `slot` are set while there may be one of their value only."""

    __tablename__ = "kit_job"
    __table_args__ = (
        CheckConstraint("percent >= 0 AND percent <= 100", name="percent_in_bounds"),
        Index("ix_kit_job_kind_owner", "kind", "owner", "id"),
        Index("ix_kit_job_kind", "kind", "id"),
        Index("ix_kit_job_due", "due_at"),
        Index("ix_kit_job_created_at", "created_at"),
    )

    kind: Mapped[str] = mapped_column(Code(40))
    owner: Mapped[str] = mapped_column(Code(40))
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    # Personal data and the like: forgotten when the job ends.
    confidential: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    state: Mapped[JobState] = mapped_column(EnumText(JobState, "state"))
    percent: Mapped[int] = mapped_column(Integer)
    checkpoint: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # {"orders": {"key": "9f…c2.csv", "filename": "订单.csv"}}
    files: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON)
    runs: Mapped[int] = mapped_column(Integer)
    run: Mapped[str | None] = mapped_column(Code(32))
    # One job runs at a time: long work never takes the last worker from events.
    slot: Mapped[int | None] = mapped_column(Integer, unique=True)
    # One job of its kind and owner at a time, where a context wants it so.
    active: Mapped[str | None] = mapped_column(Code(80), unique=True)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Set before what must not happen twice: a run that is lost after it ends the job, as this failure.
    lost_as: Mapped[str | None] = mapped_column(Code(40))
    failure: Mapped[str | None] = mapped_column(Code(40))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @classmethod
    def queued(
        cls,
        *,
        kind: str,
        owner: str,
        parameters: dict[str, Any],
        confidential: dict[str, Any] | None = None,
        active: str | None = None,
        at: datetime,
    ) -> Job:
        """A new job. Two that are not over never share `active`."""
        return cls(
            kind=kind,
            owner=owner,
            parameters=parameters,
            confidential=confidential,
            active=active,
            files={},
            state=JobState.QUEUED,
            percent=0,
            runs=0,
            created_at=at,
            due_at=at + PATIENCE,
        )

    @property
    def is_over(self) -> bool:
        """True when nothing will change any more."""
        return self.state in (JobState.DONE, JobState.FAILED)

    def can_begin(self, *, at: datetime) -> bool:
        """True when it waits, or when the worker that had it has been silent for too long."""
        if self.state is JobState.RUNNING:
            return self.leased_until is not None and self.leased_until <= at
        return self.state is JobState.QUEUED

    def hopeless(self) -> str | None:
        """Why it must not be tried once more."""
        return self.lost_as or (INTERRUPTED if self.runs >= MOST_RUNS else None)

    def begin(self, *, run: str, at: datetime) -> Assignment:
        """`run` works on it: from the start, or from its checkpoint."""
        self.state, self.run, self.slot = JobState.RUNNING, run, _SLOT
        self._begin_anew()
        self.runs += 1
        self.started_at = at
        self._lease(at)
        return Assignment(
            job_id=self.id,
            run=run,
            kind=self.kind,
            owner=self.owner,
            parameters=self.parameters,
            confidential=self.confidential or {},
            checkpoint=self.checkpoint,
        )

    def is_run_by(self, run: str) -> bool:
        """True while `run` may write."""
        return self.state is JobState.RUNNING and self.run == run

    def advance(self, percent: int, *, at: datetime) -> None:
        """So much is done, and the worker lives."""
        self.percent = percent
        self._lease(at)

    def keep(self, checkpoint: dict[str, Any], *, percent: int, at: datetime) -> None:
        """The next run goes on from here; what brought it here is no reason to give up later."""
        self.checkpoint, self.runs = checkpoint, 1
        self.advance(percent, at=at)

    def begin_unrepeatable(self, *, lost_as: str, at: datetime) -> None:
        """What comes next must not happen twice."""
        self.lost_as = lost_as
        self._lease(at)

    def can_try_again(self) -> bool:
        """True while tries are left."""
        return self.runs < MOST_RUNS

    def try_again(self, *, at: datetime) -> None:
        """This run came to nothing, for certain; the next one not before `at`."""
        self.state = JobState.QUEUED
        self._begin_anew()
        self.run = self.slot = self.leased_until = self.lost_as = None
        self.due_at = at + PATIENCE

    def pause(self, *, at: datetime) -> None:
        """Another run goes on; no try was spent."""
        self.try_again(at=at)
        self.runs -= 1

    def finish(self, outcome: Outcome, *, at: datetime) -> None:
        """The result is where it belongs."""
        self.percent = 100
        self._leave(outcome)
        self._end(JobState.DONE, at)

    def fail(self, failure: str, outcome: Outcome | None = None, *, at: datetime) -> None:
        """It did not become what it should, and leaves at most `outcome`."""
        self.failure = failure
        if outcome is not None:
            self._leave(outcome)
        self._end(JobState.FAILED, at)

    def cancel(self, *, at: datetime) -> bool:
        """False when it was over. A run that works on it finds itself lost with its next word."""
        if self.is_over:
            return False
        self.fail(CANCELLED, at=at)
        return True

    def _leave(self, outcome: Outcome) -> None:
        self.result = dict(outcome.result) or None
        self.files = {name: {"key": file.key, "filename": file.filename} for name, file in outcome.files.items()}

    def _begin_anew(self) -> None:
        if self.checkpoint is None:
            self.percent = 0

    def _lease(self, at: datetime) -> None:
        self.leased_until = self.due_at = at + LEASE

    def _end(self, state: JobState, at: datetime) -> None:
        self.state, self.finished_at = state, at
        self.run = self.slot = self.active = self.leased_until = self.due_at = None
        self.confidential = None

"""A report job: queued, run by one worker at a time, done or failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.reporting.domain.failure import Failure
from kit.db.types import BigId, Code, EnumText, UtcDateTime
from kit.domain.entity import Aggregate

LEASE = timedelta(minutes=2)
PATIENCE = timedelta(seconds=30)
"""A queued job that nobody began by then is asked for again."""
MOST_RUNS = 4
FILE_KEPT = timedelta(hours=24)
JOB_KEPT = timedelta(days=30)
_SLOT = 1


class JobKind(StrEnum):
    """Orders as a file for staff; a buyer's own orders by mail."""

    ORDERS = "orders"
    MY_ORDERS = "my_orders"


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """What a worker needs to know for one run."""

    job_id: int
    run: str
    kind: JobKind
    format: str
    buyer_id: int | None
    email: str | None
    status: str | None
    placed_from: datetime | None
    placed_to: datetime | None


class ReportJob(Aggregate):
    """`run` names the run that may write; `active` and `slot` are set while there may be one of their value only."""

    __tablename__ = "rpt_job"
    __table_args__ = (
        CheckConstraint("percent >= 0 AND percent <= 100", name="percent_in_bounds"),
        Index("ix_rpt_job_owner", "owner", "id"),
        Index("ix_rpt_job_kind", "kind", "id"),
        Index("ix_rpt_job_due", "due_at"),
        Index("ix_rpt_job_created_at", "created_at"),
    )

    kind: Mapped[JobKind] = mapped_column(EnumText(JobKind, "kind"))
    format: Mapped[str] = mapped_column(Code(8))
    owner: Mapped[str] = mapped_column(Code(40))
    buyer_id: Mapped[int | None] = mapped_column(BigId)
    # Forgotten when the job ends.
    email: Mapped[str | None] = mapped_column(String(254))
    status: Mapped[str | None] = mapped_column(Code(24))
    placed_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    placed_to: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[JobState] = mapped_column(EnumText(JobState, "state"))
    percent: Mapped[int] = mapped_column(Integer)
    row_count: Mapped[int | None] = mapped_column(Integer)
    runs: Mapped[int] = mapped_column(Integer)
    run: Mapped[str | None] = mapped_column(Code(32))
    # One job runs at a time: exports never take the last worker from events.
    slot: Mapped[int | None] = mapped_column(Integer, unique=True)
    # One job of a buyer at a time.
    active: Mapped[str | None] = mapped_column(Code(40), unique=True)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Set before the mail is handed over: whoever finds it set cannot know whether the mail is out.
    mailing_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failure: Mapped[Failure | None] = mapped_column(EnumText(Failure, "failure"))
    file_key: Mapped[str | None] = mapped_column(Code(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @classmethod
    def of_staff(
        cls, *, owner: str, format: str, status: str | None, period: tuple[datetime, datetime], at: datetime
    ) -> ReportJob:
        """Orders placed in `period`, as a file."""
        job = cls._queued(JobKind.ORDERS, owner, format, at)
        job.status, (job.placed_from, job.placed_to) = status, period
        return job

    @classmethod
    def of_buyer(cls, *, buyer_id: int, email: str, at: datetime) -> ReportJob:
        """The buyer's own orders, as CSV by mail."""
        job = cls._queued(JobKind.MY_ORDERS, f"member:{buyer_id}", "csv", at)
        job.buyer_id, job.email, job.active = buyer_id, email, job.owner
        return job

    @classmethod
    def _queued(cls, kind: JobKind, owner: str, format: str, at: datetime) -> ReportJob:
        return cls(
            kind=kind,
            owner=owner,
            format=format,
            state=JobState.QUEUED,
            percent=0,
            runs=0,
            created_at=at,
            due_at=at + PATIENCE,
        )

    def can_begin(self, *, at: datetime) -> bool:
        """True when it waits, or when the worker that had it has been silent for too long."""
        if self.state is JobState.RUNNING:
            return self.leased_until is not None and self.leased_until <= at
        return self.state is JobState.QUEUED

    def hopeless(self) -> Failure | None:
        """Why it must not be tried once more."""
        if self.mailing_at is not None:
            return Failure.MAIL_UNKNOWN
        return Failure.INTERRUPTED if self.runs >= MOST_RUNS else None

    def begin(self, *, run: str, at: datetime) -> Assignment:
        """`run` works on it from its first row."""
        self.state, self.run, self.slot, self.percent = JobState.RUNNING, run, _SLOT, 0
        self.runs += 1
        self.started_at = at
        self._lease(at)
        return Assignment(
            job_id=self.id,
            run=run,
            kind=self.kind,
            format=self.format,
            buyer_id=self.buyer_id,
            email=self.email,
            status=self.status,
            placed_from=self.placed_from,
            placed_to=self.placed_to,
        )

    def is_run_by(self, run: str) -> bool:
        """True while `run` may write."""
        return self.state is JobState.RUNNING and self.run == run

    def advance(self, percent: int, *, at: datetime) -> None:
        """So much is done, and the worker lives."""
        self.percent = percent
        self._lease(at)

    def begin_mailing(self, *, at: datetime) -> None:
        """The mail is handed over next."""
        self.mailing_at = at
        self._lease(at)

    def can_try_again(self) -> bool:
        """True while tries are left."""
        return self.runs < MOST_RUNS

    def try_again(self, *, at: datetime) -> None:
        """This run came to nothing, for certain; the next one not before `at`."""
        self.state, self.percent = JobState.QUEUED, 0
        self.run = self.slot = self.leased_until = self.mailing_at = None
        self.due_at = at + PATIENCE

    def finish(self, *, row_count: int, file_key: str | None, at: datetime) -> None:
        """The report is where it belongs."""
        self.percent, self.row_count, self.file_key = 100, row_count, file_key
        self._end(JobState.DONE, at)

    def fail(self, failure: Failure, *, at: datetime) -> None:
        """There will be no report."""
        self.failure = failure
        self._end(JobState.FAILED, at)

    def _lease(self, at: datetime) -> None:
        self.leased_until = self.due_at = at + LEASE

    def _end(self, state: JobState, at: datetime) -> None:
        self.state, self.finished_at = state, at
        self.run = self.slot = self.active = self.leased_until = self.due_at = self.email = None

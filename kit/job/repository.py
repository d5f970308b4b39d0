"""Jobs by what is due, and the promises the database keeps about them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from kit.db.error import is_duplicate
from kit.job.failure import RunLost
from kit.job.job import PATIENCE, Job, JobState
from kit.repository.base import Repository
from kit.repository.claim import claim_due

_OPEN = (JobState.QUEUED, JobState.RUNNING)


class SlotTaken(Exception):
    """Another job runs; this one waits."""


class ActiveTaken(Exception):
    """Another job that is not over holds the same `active`."""


class JobRepository(Repository[Job]):
    """Every job that is not over has a `due_at`."""

    entity = Job

    def add_new(self, job: Job) -> Job:
        """Write it now. Raises `ActiveTaken`."""
        self.add(job)
        self._flush_unique("active", ActiveTaken())
        return job

    def take_slot(self) -> None:
        """Write a job that has begun. Raises `SlotTaken`."""
        self._flush_unique("slot", SlotTaken())

    def of_run(self, job_id: int, run: str) -> Job:
        """The job as long as `run` may write. Raises `RunLost`."""
        job = self.by_id(job_id)
        if job is None or not job.is_run_by(run):
            raise RunLost
        return job

    def claim_due(self, *, now: datetime, again_after: timedelta, limit: int) -> list[int]:
        """Ids of jobs nobody works on although somebody should; each comes again after `again_after`."""
        return claim_due(self.session, Job, Job.due_at, now=now, lease=again_after, limit=limit)

    def next_queued(self, *, now: datetime) -> int | None:
        """The job that has waited longest, but for those that were put off to a later time."""
        query = select(Job.id).where(Job.due_at <= now + PATIENCE, Job.state == JobState.QUEUED)
        return self.session.scalars(query.order_by(Job.due_at).limit(1)).first()

    def forget_before(self, moment: datetime, *, limit: int) -> int:
        """Delete ended jobs made before `moment`; returns how many."""
        old = select(Job.id).where(Job.created_at < moment, Job.state.not_in(_OPEN))
        ids = list(self.session.scalars(old.order_by(Job.created_at).limit(limit)))
        if ids:
            self.session.execute(delete(Job).where(Job.id.in_(ids)))
        return len(ids)

    def _flush_unique(self, column: str, taken: Exception) -> None:
        try:
            self.flush()
        except IntegrityError as error:
            if is_duplicate(error, column):
                raise taken from error
            raise

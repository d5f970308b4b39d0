"""A worker runs a job: begins it, makes and hands over the report, and says how it ended."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from loguru import logger

from backend.reporting.domain.failure import Failure, ReportDelayed, ReportRefused, RunLost
from backend.reporting.domain.job import PATIENCE, Assignment, JobKind
from backend.reporting.repository.job import ReportJobRepository, SlotTaken
from backend.reporting.service.delivery import Delivered, Delivery
from backend.reporting.service.progress import Progress
from kit.domain.clock import utc_now
from kit.event.outbox import enqueue
from kit.service.transaction import transactional
from kit.storage.port import Storage

_DUE_AT_ONCE = 20
_FIRST_DELAY = timedelta(minutes=1)


class ReportRunning:
    """Told twice about a job, or by two workers at once, it makes one report."""

    def __init__(
        self,
        jobs: ReportJobRepository,
        storage: Storage,
        deliveries: Mapping[JobKind, Delivery],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.jobs = jobs
        self.storage = storage
        self.deliveries = deliveries
        self.clock = clock

    def run(self, *, job_id: int) -> None:
        """Returns when the job is done, failed, put off, or none of this worker's business."""
        try:
            assignment = self._begin(job_id)
        except SlotTaken:
            logger.info("report {} waits: another one is running", job_id)
            return
        if assignment is None:
            return
        try:
            self._run(assignment)
        except RunLost:
            logger.warning("report {} went to another worker", job_id)

    @transactional
    def resume(self, *, now: datetime) -> int:
        """Ask again for jobs whose message or worker was lost; returns how many."""
        ids = self.jobs.claim_due(now=now, again_after=PATIENCE, limit=_DUE_AT_ONCE)
        for job_id in ids:
            enqueue("reporting.run_job", job_id=job_id)
        return len(ids)

    def _run(self, assignment: Assignment) -> None:
        try:
            self._work(assignment)
        except RunLost:
            raise
        except ReportRefused as refusal:
            logger.warning("report {} failed: {}", assignment.job_id, refusal)
            self._end(assignment, refusal.failure)
        except ReportDelayed as delay:
            logger.warning("report {} put off: {!r}", assignment.job_id, delay.__cause__)
            self._put_off(assignment, delay.failure)
        except Exception:
            logger.exception("report {} broke off", assignment.job_id)
            self._put_off(assignment, Failure.INTERNAL)

    def _work(self, assignment: Assignment) -> None:
        progress = Progress(lambda percent: self._advance(assignment, percent))
        delivered = self.deliveries[assignment.kind].deliver(assignment, progress)
        try:
            self._finish(assignment, delivered)
        except RunLost:
            if delivered.file_key is not None:
                self.storage.delete(delivered.file_key)
            raise

    @transactional
    def _begin(self, job_id: int) -> Assignment | None:
        now = self.clock()
        job = self.jobs.by_id(job_id)
        if job is None or not job.can_begin(at=now):
            return None
        hopeless = job.hopeless()
        if hopeless is not None:
            job.fail(hopeless, at=now)
            self._ask_for_next(now)
            return None
        assignment = job.begin(run=secrets.token_hex(16), at=now)
        self.jobs.take_slot()
        return assignment

    @transactional
    def _advance(self, assignment: Assignment, percent: int) -> None:
        self.jobs.of_run(assignment.job_id, assignment.run).advance(percent, at=self.clock())

    @transactional
    def _finish(self, assignment: Assignment, delivered: Delivered) -> None:
        now = self.clock()
        job = self.jobs.of_run(assignment.job_id, assignment.run)
        job.finish(row_count=delivered.row_count, file_key=delivered.file_key, at=now)
        self._ask_for_next(now)

    @transactional
    def _end(self, assignment: Assignment, failure: Failure) -> None:
        now = self.clock()
        self.jobs.of_run(assignment.job_id, assignment.run).fail(failure, at=now)
        self._ask_for_next(now)

    @transactional
    def _put_off(self, assignment: Assignment, failure: Failure) -> None:
        now = self.clock()
        job = self.jobs.of_run(assignment.job_id, assignment.run)
        if failure is Failure.INTERNAL and job.mailing_at is not None:
            job.fail(Failure.MAIL_UNKNOWN, at=now)
        elif not job.can_try_again():
            job.fail(failure, at=now)
        else:
            again_at = now + _FIRST_DELAY * int(4 ** (job.runs - 1))
            job.try_again(at=again_at)
            enqueue("reporting.run_job", due_at=again_at, job_id=job.id)
        self._ask_for_next(now)

    def _ask_for_next(self, now: datetime) -> None:
        self.jobs.flush()
        waiting = self.jobs.next_queued(now=now)
        if waiting is not None:
            enqueue("reporting.run_job", job_id=waiting)

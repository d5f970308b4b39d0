"""A worker runs a job: begins it, does its work, and says how it ended."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from loguru import logger

from kit.domain.clock import utc_now
from kit.event.outbox import enqueue
from kit.job.failure import INTERNAL, JobDelayed, JobPaused, JobRefused, RunLost
from kit.job.job import PATIENCE, Assignment
from kit.job.kind import Kinds
from kit.job.outcome import Outcome
from kit.job.repository import JobRepository, SlotTaken
from kit.job.work import Work
from kit.service.transaction import transactional
from kit.storage.port import Storage

_DUE_AT_ONCE = 20
_FIRST_DELAY = timedelta(minutes=1)


class JobRunning:
    """Told twice about a job, or by two workers at once, it does the work once."""

    def __init__(
        self, jobs: JobRepository, storage: Storage, kinds: Kinds, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self.jobs = jobs
        self.storage = storage
        self.kinds = kinds
        self.clock = clock

    def run(self, *, job_id: int) -> None:
        """Returns when the job is done, failed, put off, or none of this worker's business."""
        try:
            assignment = self._begin(job_id)
        except SlotTaken:
            logger.info("job {} waits: another one is running", job_id)
            return
        if assignment is None:
            return
        try:
            self._run(assignment)
        except RunLost:
            logger.warning("job {} was cancelled, or went to another worker", job_id)

    @transactional
    def resume(self, *, now: datetime) -> int:
        """Ask again for jobs whose message or worker was lost; returns how many."""
        ids = self.jobs.claim_due(now=now, again_after=PATIENCE, limit=_DUE_AT_ONCE)
        for job_id in ids:
            enqueue("kit.run_job", job_id=job_id)
        return len(ids)

    def _run(self, assignment: Assignment) -> None:
        try:
            self._work(assignment)
        except RunLost:
            raise
        except JobPaused:
            self._pause(assignment)
        except JobRefused as refusal:
            logger.warning("job {} failed: {}", assignment.job_id, refusal)
            self._refuse(assignment, refusal.failure, refusal.outcome)
        except JobDelayed as delay:
            logger.warning("job {} put off: {!r}", assignment.job_id, delay.__cause__)
            self._put_off(assignment, delay.failure)
        except Exception:
            logger.exception("job {} broke off", assignment.job_id)
            self._put_off(assignment, INTERNAL)

    def _work(self, assignment: Assignment) -> None:
        runner = self.kinds.runner(assignment.kind)
        outcome = runner.run(Work(assignment, self.jobs, self.clock))
        self._hand_over(outcome, lambda: self._finish(assignment, outcome))

    def _refuse(self, assignment: Assignment, failure: str, outcome: Outcome) -> None:
        self._hand_over(outcome, lambda: self._end(assignment, failure, outcome))

    def _hand_over(self, outcome: Outcome, write: Callable[[], None]) -> None:
        try:
            write()
        except RunLost:
            for file in outcome.files.values():
                self.storage.delete(file.key)
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
    def _finish(self, assignment: Assignment, outcome: Outcome) -> None:
        now = self.clock()
        self.jobs.of_run(assignment.job_id, assignment.run).finish(outcome, at=now)
        self._ask_for_next(now)

    @transactional
    def _end(self, assignment: Assignment, failure: str, outcome: Outcome) -> None:
        now = self.clock()
        self.jobs.of_run(assignment.job_id, assignment.run).fail(failure, outcome, at=now)
        self._ask_for_next(now)

    @transactional
    def _pause(self, assignment: Assignment) -> None:
        now = self.clock()
        job = self.jobs.of_run(assignment.job_id, assignment.run)
        job.pause(at=now)
        # Whoever has waited longer goes first, and asks for this one when it ends.
        self._ask_for_next(now)

    @transactional
    def _put_off(self, assignment: Assignment, failure: str) -> None:
        now = self.clock()
        job = self.jobs.of_run(assignment.job_id, assignment.run)
        if failure == INTERNAL and job.lost_as is not None:
            job.fail(job.lost_as, at=now)
        elif not job.can_try_again():
            job.fail(failure, at=now)
        else:
            again_at = now + _FIRST_DELAY * int(4 ** (job.runs - 1))
            job.try_again(at=again_at)
            enqueue("kit.run_job", due_at=again_at, job_id=job.id)
        self._ask_for_next(now)

    def _ask_for_next(self, now: datetime) -> None:
        self.jobs.flush()
        waiting = self.jobs.next_queued(now=now)
        if waiting is not None:
            enqueue("kit.run_job", job_id=waiting)

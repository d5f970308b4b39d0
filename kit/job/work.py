"""A run from the inside: what a runner may ask and say while it works."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from kit.job.job import Assignment
from kit.job.progress import Progress
from kit.job.repository import JobRepository
from kit.service.transaction import TransactionOpen, in_use_case, transactional


class Work:
    """Everything said here is committed at once, and raises `RunLost` when the job is no longer this run's."""

    def __init__(self, assignment: Assignment, jobs: JobRepository, clock: Callable[[], datetime]) -> None:
        self.assignment = assignment
        self.progress = Progress(self.advance)
        self.clock = clock
        self._jobs = jobs

    @transactional
    def advance(self, percent: int) -> None:
        """Show how far it has come, and that the worker lives."""
        self._jobs.of_run(self.assignment.job_id, self.assignment.run).advance(percent, at=self.clock())

    @transactional
    def begin_unrepeatable(self, *, lost_as: str) -> None:
        """Commit the intent to do what must not happen twice, e.g. to hand a mail over.

        A worker that dies after this leaves a job of which nobody can say what came of it: it fails as `lost_as`.
        """
        job = self._jobs.of_run(self.assignment.job_id, self.assignment.run)
        job.begin_unrepeatable(lost_as=lost_as, at=self.clock())

    def keep(self, checkpoint: dict[str, Any], *, percent: int) -> None:
        """Say how far the job has come, in the transaction that brings it there: both are true, or neither."""
        if not in_use_case():
            raise TransactionOpen("a checkpoint is committed with the step it stands for")
        job = self._jobs.of_run(self.assignment.job_id, self.assignment.run)
        job.keep(checkpoint, percent=percent, at=self.clock())

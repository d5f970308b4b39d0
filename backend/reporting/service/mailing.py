"""The intent to mail, committed before anything leaves the house."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from backend.reporting.domain.job import Assignment
from backend.reporting.repository.job import ReportJobRepository
from kit.domain.clock import utc_now
from kit.service.transaction import transactional


class MailIntent:
    """A worker that dies after this leaves a job of which nobody can say whether its mail is out."""

    def __init__(self, jobs: ReportJobRepository, clock: Callable[[], datetime] = utc_now) -> None:
        self.jobs = jobs
        self.clock = clock

    @transactional
    def declare(self, assignment: Assignment) -> None:
        """Raises `RunLost` when the job is no longer this run's."""
        self.jobs.of_run(assignment.job_id, assignment.run).begin_mailing(at=self.clock())

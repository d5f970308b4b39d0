"""Somebody asks for a report; a worker will make it."""

from __future__ import annotations

from datetime import datetime

from backend.reporting.domain.error import MailNotConfigured
from backend.reporting.domain.job import ReportJob
from backend.reporting.domain.period import period
from backend.reporting.repository.job import ReportJobRepository
from kit.event.outbox import enqueue
from kit.mail.port import Mailer
from kit.service.transaction import transactional


class ReportRequesting:
    """Writes the job and the request to run it in one transaction."""

    def __init__(self, jobs: ReportJobRepository, mailer: Mailer) -> None:
        self.jobs = jobs
        self.mailer = mailer

    @transactional
    def orders(
        self,
        *,
        owner: str,
        format: str,
        status: str | None,
        placed_from: datetime | None,
        placed_to: datetime | None,
        now: datetime,
    ) -> ReportJob:
        """Orders of all buyers as a file. Raises `PeriodInvalid`, `PeriodTooLong`."""
        covered = period(placed_from, placed_to, now=now)
        return self._queue(ReportJob.of_staff(owner=owner, format=format, status=status, period=covered, at=now))

    @transactional
    def my_orders(self, *, buyer_id: int, email: str, now: datetime) -> ReportJob:
        """The buyer's own orders by mail. Raises `MailNotConfigured`, `ExportUnderWay`."""
        if not self.mailer.configured:
            raise MailNotConfigured
        return self._queue(ReportJob.of_buyer(buyer_id=buyer_id, email=email, at=now))

    def _queue(self, job: ReportJob) -> ReportJob:
        self.jobs.add_new(job)
        enqueue("reporting.run_job", job_id=job.id)
        return job

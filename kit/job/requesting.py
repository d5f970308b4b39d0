"""Somebody wants work done in the background, or no longer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kit.event.outbox import enqueue
from kit.job.job import Job
from kit.job.repository import JobRepository
from kit.service.transaction import transactional


class JobRequesting:
    """Writes the job and the request to run it in one transaction, the caller's if there is one."""

    def __init__(self, jobs: JobRepository) -> None:
        self.jobs = jobs

    @transactional
    def queue(
        self,
        *,
        kind: str,
        owner: str,
        parameters: dict[str, Any],
        confidential: dict[str, Any] | None = None,
        active: str | None = None,
        now: datetime,
    ) -> Job:
        """A queued job; all of it JSON-ready. Raises `ActiveTaken` while another job holds `active`."""
        job = Job.queued(
            kind=kind, owner=owner, parameters=parameters, confidential=confidential, active=active, at=now
        )
        self.jobs.add_new(job)
        enqueue("kit.run_job", job_id=job.id)
        return job

    @transactional
    def cancel(self, job_id: int, *, now: datetime) -> bool:
        """End it; False when it was over, or is not there. What a run has committed by then stays."""
        job = self.jobs.by_id(job_id)
        if job is None or not job.cancel(at=now):
            return False
        self.jobs.flush()
        waiting = self.jobs.next_queued(now=now)
        if waiting is not None:
            enqueue("kit.run_job", job_id=waiting)
        return True

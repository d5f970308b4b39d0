"""Jobs as staff see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.reporting.domain.error import ReportNotFound
from backend.reporting.domain.wanted import ORDERS, WantedOrders
from kit.job.query import JobQuery, JobView, kept_files
from kit.repository.page import Page, PageRequest


@dataclass(frozen=True)
class ReportView(JobView):
    """A report and what was wanted of it."""

    wanted: WantedOrders

    @property
    def row_count(self) -> int | None:
        """Orders in the file, once it is there."""
        return None if self.job.result is None else self.job.result["rows"]


class ReportQuery:
    """Reports of staff only: what buyers had mailed to them is nobody else's business."""

    def __init__(self, jobs: JobQuery) -> None:
        self._jobs = jobs

    def jobs(self, page: PageRequest, *, owner: str | None, now: datetime) -> Page[ReportView]:
        """Jobs of `owner`, or of everybody, newest first."""
        return self._jobs.jobs(page, kind=ORDERS, owner=owner).map(lambda job: view(job, now))

    def job(self, job_id: int, *, owner: str | None, now: datetime) -> ReportView:
        """One of them. Raises `ReportNotFound`."""
        job = self._jobs.job(job_id, kind=ORDERS, owner=owner)
        if job is None:
            raise ReportNotFound
        return view(job, now)


def view(job: Any, now: datetime) -> ReportView:
    """`job` as the schemas want it."""
    return ReportView(job, kept_files(job, now=now), WantedOrders.from_json(job.parameters))

"""Jobs as staff see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.reporting.domain.error import ReportNotFound
from backend.reporting.domain.wanted import ORDERS, WantedOrders
from backend.reporting.service.delivery import FILE
from kit.job.query import JobQuery, kept_files
from kit.repository.page import Page, PageRequest


@dataclass(frozen=True)
class JobView:
    """A job's row and what was wanted; `downloadable` while its file is kept."""

    job: Any
    wanted: WantedOrders
    downloadable: bool = False

    @property
    def row_count(self) -> int | None:
        """Orders in the file, once it is there."""
        return None if self.job.result is None else self.job.result["rows"]


class ReportQuery:
    """Reports of staff only: what buyers had mailed to them is nobody else's business."""

    def __init__(self, jobs: JobQuery) -> None:
        self._jobs = jobs

    def jobs(self, page: PageRequest, *, owner: str | None, now: datetime) -> Page[JobView]:
        """Jobs of `owner`, or of everybody, newest first."""
        return self._jobs.jobs(page, kind=ORDERS, owner=owner).map(lambda job: view(job, now))

    def job(self, job_id: int, *, owner: str | None, now: datetime) -> JobView:
        """One of them. Raises `ReportNotFound`."""
        job = self._jobs.job(job_id, kind=ORDERS, owner=owner)
        if job is None:
            raise ReportNotFound
        return view(job, now)


def view(job: Any, now: datetime) -> JobView:
    """`job` as the schemas want it."""
    return JobView(job, WantedOrders.from_json(job.parameters), FILE in kept_files(job, now=now))

"""Jobs as staff see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import scoped_session

from backend.reporting.domain.error import ReportNotFound
from backend.reporting.domain.job import FILE_KEPT, JobKind, JobState, ReportJob
from kit.db.extension import db
from kit.repository.page import Keyset, Page, PageRequest, fetch_page

_NEWEST = Keyset((ReportJob.id.expression,), ("id",))
_COLUMNS = ReportJob.__table__.columns


@dataclass(frozen=True)
class JobView:
    """A job's row; `downloadable` while its file is kept."""

    job: Any
    downloadable: bool = False


class ReportQuery:
    """Reports of staff only: what buyers had mailed to them is nobody else's business."""

    def __init__(self, session: scoped_session[Any] | None = None) -> None:
        self.session: scoped_session[Any] = session or db.session

    def jobs(self, page: PageRequest, *, owner: str | None, now: datetime) -> Page[JobView]:
        """Jobs of `owner`, or of everybody, newest first."""
        query = select(*_COLUMNS).where(self._visible(owner))
        return fetch_page(self.session, query, _NEWEST, page).map(lambda job: _view(job, now))

    def job(self, job_id: int, *, owner: str | None, now: datetime) -> JobView:
        """One of them. Raises `ReportNotFound`."""
        query = select(*_COLUMNS).where(ReportJob.id == job_id, self._visible(owner))
        job = self.session.execute(query).first()
        if job is None or job.kind is not JobKind.ORDERS:
            raise ReportNotFound
        return _view(job, now)

    def _visible(self, owner: str | None) -> ColumnElement[bool]:
        return ReportJob.kind == JobKind.ORDERS if owner is None else ReportJob.owner == owner


def _view(job: Any, now: datetime) -> JobView:
    return JobView(job, job.state is JobState.DONE and job.file_key is not None and now < job.finished_at + FILE_KEPT)

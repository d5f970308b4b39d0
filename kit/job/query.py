"""Jobs as people see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import scoped_session

from kit.db.extension import db
from kit.job.job import FILE_KEPT, Job
from kit.repository.page import Keyset, Page, PageRequest, fetch_page

_NEWEST = Keyset((Job.id.expression,), ("id",))
_COLUMNS = [column for column in Job.__table__.columns if column.name != "confidential"]


class JobQuery:
    """One kind at a time: each context shows its own."""

    def __init__(self, session: scoped_session[Any] | None = None) -> None:
        self.session: scoped_session[Any] = session or db.session

    def jobs(self, page: PageRequest, *, kind: str, owner: str | None) -> Page[Row[Any]]:
        """Jobs of `owner`, or of everybody, newest first."""
        query = select(*_COLUMNS).where(Job.kind == kind)
        if owner is not None:
            query = query.where(Job.owner == owner)
        return fetch_page(self.session, query, _NEWEST, page)

    def job(self, job_id: int, *, kind: str, owner: str | None) -> Row[Any] | None:
        """One of them."""
        query = select(*_COLUMNS).where(Job.id == job_id, Job.kind == kind)
        if owner is not None:
            query = query.where(Job.owner == owner)
        return self.session.execute(query).first()


@dataclass(frozen=True)
class JobView:
    """A job's row, and those of its files that can be fetched now."""

    job: Any
    files: Mapping[str, Any]


def kept_files(job: Any, *, now: datetime) -> Mapping[str, dict[str, str]]:
    """The files of a finished job as long as they are promised."""
    kept: Mapping[str, dict[str, str]] = job.files if job.finished_at and now < job.finished_at + FILE_KEPT else {}
    return kept

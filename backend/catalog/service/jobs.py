"""Staff want the catalogue imported or exported, look how far it is, or think better of it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import IO, Any

from backend.approval import facade as approval
from backend.catalog.domain.error import JobNotFound, JobOver
from backend.catalog.domain.jobs import EXPORT, IMPORT
from backend.catalog.service.approving.actions import CATALOG_IMPORT
from backend.catalog.service.importing.outcome import ImportOutcome
from kit.export.filename import safe_filename
from kit.intake.upload import is_workbook
from kit.job.query import JobQuery, JobView, kept_files
from kit.job.requesting import JobRequesting
from kit.repository.page import Page, PageRequest
from kit.service.transaction import transactional
from kit.storage.port import Storage, new_key

_PIECE = 1024 * 1024


class CatalogJobView(JobView):
    """An import or export with what it has done."""

    @property
    def result(self) -> Mapping[str, Any]:
        """What is done, or so far: a job that runs or was cancelled shows its last checkpoint."""
        return self.job.result or self.job.checkpoint or {}

    @property
    def counts(self) -> Mapping[str, int]:
        """New, changed and as they were; zeros before anything is known."""
        known: dict[str, int] = self.result.get("counts", {})
        return {field.name: 0 for field in fields(ImportOutcome)} | known

    @property
    def faults(self) -> int:
        """How many faults the sheet has, or conflicts the import met."""
        return int(self.result.get("faults", 0))


class CatalogJobs:
    """Everybody sees their own jobs only."""

    def __init__(self, requesting: JobRequesting, query: JobQuery, storage: Storage) -> None:
        self._requesting = requesting
        self._query = query
        self._storage = storage

    def import_sheet(
        self, file: IO[bytes], *, filename: str, dry_run: bool, language: str, owner: str, now: datetime
    ) -> CatalogJobView:
        """Store the upload a piece at a time, and leave the rest to a worker; its sheets are in ``zh`` or ``en``."""
        format = "xlsx" if is_workbook(file) else "csv"
        key = new_key(format)
        with self._storage.writing(key) as stream:
            shutil.copyfileobj(file, stream, _PIECE)
        parameters = {
            "upload": key,
            "format": format,
            "filename": safe_filename(filename),
            "dry_run": dry_run,
            "language": language,
        }
        try:
            job = self._queue_import(parameters, owner, now)
        except BaseException:
            self._storage.delete(key)
            raise
        return CatalogJobView(job, {})

    @transactional
    def _queue_import(self, parameters: dict[str, Any], owner: str, now: datetime) -> Any:
        """A rehearsal changes nothing. Anything else acts directly: that is what catalog:import means (ADR 0019)."""
        if parameters["dry_run"]:
            return self._requesting.queue(kind=IMPORT, owner=owner, parameters=parameters, now=now)
        asked = approval.submit(
            action=CATALOG_IMPORT,
            subject=f"upload:{parameters['upload']}",
            subject_version=None,
            payload=parameters,
            actor=owner,
            directly=True,
            now=now,
        )
        return asked.result

    def export(self, *, format: str, owner: str, now: datetime) -> CatalogJobView:
        """A job that writes the whole catalogue."""
        job = self._requesting.queue(kind=EXPORT, owner=owner, parameters={"format": format}, now=now)
        return CatalogJobView(job, {})

    def jobs(self, page: PageRequest, *, kind: str, owner: str, now: datetime) -> Page[CatalogJobView]:
        """One's own, newest first."""
        found = self._query.jobs(page, kind=kind, owner=owner)
        return found.map(lambda job: CatalogJobView(job, kept_files(job, now=now)))

    def job(self, job_id: int, *, kind: str, owner: str, now: datetime) -> CatalogJobView:
        """One of them. Raises `JobNotFound`."""
        job = self._query.job(job_id, kind=kind, owner=owner)
        if job is None:
            raise JobNotFound
        return CatalogJobView(job, kept_files(job, now=now))

    def cancel(self, job_id: int, *, kind: str, owner: str, now: datetime) -> None:
        """End it; what it has committed stays. Raises `JobNotFound`, `JobOver`."""
        self.job(job_id, kind=kind, owner=owner, now=now)
        if not self._requesting.cancel(job_id, now=now):
            raise JobOver

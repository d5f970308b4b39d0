"""Links to finished files, and what is behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO

from backend.order.facade import SHOP_ZONE
from backend.reporting.domain.error import FileGone
from backend.reporting.domain.job import ReportJob
from backend.reporting.repository.job import ReportJobRepository
from kit.export.filename import safe_filename
from kit.export.sheet import FORMATS
from kit.security.link import LinkSigner
from kit.storage.port import NotStored, Storage

LINK_LIFETIME = timedelta(minutes=15)


@dataclass(frozen=True)
class Download:
    """An open file of `size` bytes; whoever gets it closes it."""

    stream: BinaryIO
    size: int
    filename: str
    mimetype: str


class Downloading:
    """The signature is the proof; the token names a job, never a file."""

    def __init__(self, jobs: ReportJobRepository, storage: Storage, signer: LinkSigner) -> None:
        self.jobs = jobs
        self.storage = storage
        self.signer = signer

    def token(self, job_id: int, *, now: datetime) -> str:
        """Opens the job's file for 15 minutes."""
        return self.signer.issue(job_id, expires_at=now + LINK_LIFETIME)

    def open(self, token: str, *, now: datetime) -> Download:
        """Raises `LinkInvalid`, `LinkExpired`, `FileGone`."""
        job = self.jobs.by_id(self.signer.read(token, now=now))
        if job is None or job.file_key is None:
            raise FileGone
        try:
            size = self.storage.size(job.file_key)
            stream = self.storage.reading(job.file_key)
        except NotStored:
            raise FileGone from None
        return Download(stream, size, _filename(job), FORMATS[job.format].mimetype)


def _filename(job: ReportJob) -> str:
    first, last = (moment.astimezone(SHOP_ZONE) for moment in (job.placed_from, job.placed_to) if moment)
    return safe_filename(f"订单-{first:%Y%m%d}-{last:%Y%m%d}.{FORMATS[job.format].extension}")

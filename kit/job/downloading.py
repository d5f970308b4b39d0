"""Links to the files of finished jobs, and what is behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from mimetypes import guess_type
from typing import BinaryIO

from kit.domain.error import Gone
from kit.export.filename import safe_filename
from kit.export.sheet import FORMATS
from kit.job.repository import JobRepository
from kit.security.link import LinkSigner
from kit.storage.port import NotStored, Storage

LINK_LIFETIME = timedelta(minutes=15)
_MIMETYPES = {kind.extension: kind.mimetype for kind in FORMATS.values()}


class FileGone(Gone):
    """The file was deleted, as announced."""

    code = "kit.file_gone"
    zh = "文件已过期删除，请重新生成"
    en = "The file has been deleted; have it made again"


@dataclass(frozen=True)
class Download:
    """An open file of `size` bytes; whoever gets it closes it."""

    stream: BinaryIO
    size: int
    filename: str
    mimetype: str


class JobDownloading:
    """The signature is the proof; the token names a job's file by its name, never by its key."""

    def __init__(self, jobs: JobRepository, storage: Storage, signer: LinkSigner) -> None:
        self.jobs = jobs
        self.storage = storage
        self.signer = signer

    def token(self, job_id: int, name: str, *, now: datetime) -> str:
        """Opens the job's file `name` for 15 minutes."""
        return self.signer.issue(f"{job_id}/{name}", expires_at=now + LINK_LIFETIME)

    def open(self, token: str, *, now: datetime) -> Download:
        """Raises `LinkInvalid`, `LinkExpired`, `FileGone`."""
        job_id, _, name = self.signer.read(token, now=now).partition("/")
        job = self.jobs.by_id(int(job_id))
        file = None if job is None else job.files.get(name)
        if file is None:
            raise FileGone
        try:
            size = self.storage.size(file["key"])
            stream = self.storage.reading(file["key"])
        except NotStored:
            raise FileGone from None
        return Download(stream, size, safe_filename(file["filename"]), _mimetype(file["key"]))


def _mimetype(key: str) -> str:
    return _MIMETYPES.get(key.rpartition(".")[2]) or guess_type(key)[0] or "application/octet-stream"

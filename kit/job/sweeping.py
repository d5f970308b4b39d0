"""What nobody needs any more: files after a day, jobs after some more."""

from __future__ import annotations

from datetime import datetime, timedelta

from kit.job.job import FILE_KEPT
from kit.job.repository import JobRepository
from kit.service.batches import SIZE, until_done
from kit.storage.port import Storage

# Whoever asked for a link at the last moment has its 15 minutes, and a long download its time.
_GRACE = timedelta(hours=1)


class JobSweeping:
    """Files first: a job without its file says so; a file without its job would stay. `keep`: for ended jobs."""

    def __init__(self, jobs: JobRepository, storage: Storage, *, keep: timedelta) -> None:
        self.jobs = jobs
        self.storage = storage
        self.keep = keep

    def sweep(self, *, now: datetime) -> int:
        """Returns how many files and jobs are gone."""
        files = self.storage.sweep(older_than=now - FILE_KEPT - _GRACE)
        return files + until_done(lambda: self.jobs.forget_before(now - self.keep, limit=SIZE))

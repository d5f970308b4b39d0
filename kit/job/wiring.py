"""Builds the machinery of jobs, before the contexts that register kinds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask

from kit.context.wiring import Wired
from kit.job.downloading import JobDownloading
from kit.job.kind import Kinds
from kit.job.query import JobQuery
from kit.job.repository import JobRepository
from kit.job.requesting import JobRequesting
from kit.job.running import JobRunning
from kit.job.sweeping import JobSweeping
from kit.security.link import LinkSigner
from kit.storage.port import Storage


@dataclass(frozen=True)
class Jobs:
    """One object per capability."""

    kinds: Kinds
    storage: Storage
    requesting: JobRequesting
    running: JobRunning
    downloading: JobDownloading
    sweeping: JobSweeping
    query: JobQuery


jobs: Wired[Jobs] = Wired("jobs")


def init_jobs(app: Flask, storage: Storage, *, secret: str, keep: timedelta) -> Jobs:
    """Install them into `app`; files go to `storage`, links are signed under `secret`, `keep` is for ended jobs."""
    repository, kinds = JobRepository(), Kinds()
    signer = LinkSigner(secret=secret, purpose="job")
    made = Jobs(
        kinds=kinds,
        storage=storage,
        requesting=JobRequesting(repository),
        running=JobRunning(repository, storage, kinds),
        downloading=JobDownloading(repository, storage, signer),
        sweeping=JobSweeping(repository, storage, keep=keep),
        query=JobQuery(),
    )
    jobs.install(app, made)
    return made


def run_job(*, job_id: int) -> None:
    """Do one job's work; nothing happens when somebody else does, or has done so."""
    jobs().running.run(job_id=job_id)


def resume_jobs(*, now: datetime) -> int:
    """Ask again for jobs that were forgotten on their way; returns how many."""
    return jobs().running.resume(now=now)


def sweep_jobs(*, now: datetime) -> int:
    """Delete old files and jobs; returns how many."""
    return jobs().sweeping.sweep(now=now)

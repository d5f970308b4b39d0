"""A worker process killed in the middle of a file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from kit.domain.clock import utc_now
from kit.job.job import LEASE, JobState
from kit.job.wiring import jobs, resume_jobs, run_job
from tests.factories.order import make_buyer, place
from tests.factories.reporting import ask, content_of, files, job_row
from tests.support.databases import Database
from tests.support.processes import ROOT

pytestmark = pytest.mark.commits


def test_sigkill_in_the_middle_and_the_next_worker_makes_the_whole_file(
    app: Flask, database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer = make_buyer()
    numbers = [place(buyer).no for _ in range(3)]
    job_id = ask()
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.support.slow_export", str(job_id)],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database.url, "STORAGE_FOLDER": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert worker.stdout is not None
        assert any(line == "chunk\n" for line in worker.stdout)
    finally:
        worker.kill()
        worker.wait()
        if worker.stdout is not None:
            worker.stdout.close()
    assert (job_row(job_id).state, job_row(job_id).slot) == (JobState.RUNNING, 1)
    assert [path.suffix for path in files()] == [".part"]

    # Another job waits for the dead one's place; the sweep asks for the dead one again.
    waiting = ask()
    run_job(job_id=waiting)
    assert job_row(waiting).state is JobState.QUEUED
    monkeypatch.setattr(jobs().running, "clock", lambda: utc_now() + LEASE)
    assert resume_jobs(now=utc_now() + LEASE) == 2
    run_job(job_id=job_id)
    assert (job_row(job_id).state, job_row(job_id).runs, job_row(job_id).result["rows"]) == (JobState.DONE, 2, 3)
    assert all(number.encode() in content_of(job_id) for number in numbers)
    run_job(job_id=waiting)
    assert job_row(waiting).state is JobState.DONE

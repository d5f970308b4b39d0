"""Two workers, two jobs, two taps: one wins."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from backend.reporting.domain.error import ExportUnderWay
from kit.job.job import Job, JobState
from kit.job.repository import JobRepository
from kit.job.wiring import jobs, run_job
from kit.mail.memory import MemoryMailer
from kit.service.transaction import LostRace
from tests.factories.order import make_buyer, place
from tests.factories.reporting import ask, ask_by_mail, files, job_row, storage, use_mailer
from tests.support.threads import at_once

pytestmark = pytest.mark.commits


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the test's own."""
    monkeypatch.setattr(storage(), "folder", tmp_path)


def test_of_workers_told_about_the_same_job_one_runs_it(app: Flask) -> None:
    place(make_buyer())
    job_id = ask()
    assert at_once(app, [lambda: run_job(job_id=job_id)] * 4) == [None] * 4
    job = job_row(job_id)
    assert (job.state, job.runs, len(files())) == (JobState.DONE, 1, 1)


def test_control_without_asking_whether_it_can_begin_several_run_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    place(make_buyer())
    job_id = ask()
    monkeypatch.setattr(Job, "can_begin", lambda _self, *, at: True)
    monkeypatch.setattr(Job, "hopeless", lambda _self: None)
    at_once(app, [lambda: run_job(job_id=job_id)] * 4)
    assert job_row(job_id).runs > 1


def running(app: Flask, ids: list[int]) -> int:
    """All are begun at once; how many hold a run."""
    at_once(app, [lambda job_id=job_id: jobs().running._begin(job_id) for job_id in ids])
    return [job_row(job_id).state for job_id in ids].count(JobState.RUNNING)


def test_of_many_jobs_one_runs_at_a_time(app: Flask) -> None:
    assert running(app, [ask() for _ in range(4)]) == 1


def test_control_without_the_slot_they_all_run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kit.job.job._SLOT", None)
    assert running(app, [ask() for _ in range(4)]) == 4


def tap(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[type]:
    """A buyer taps four times at once; what came of it."""
    use_mailer(monkeypatch, MemoryMailer())
    buyer = make_buyer()
    return sorted((type(result) for result in at_once(app, [lambda: ask_by_mail(buyer)] * 4)), key=str)


def test_of_many_taps_one_makes_a_job(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = tap(app, monkeypatch)
    assert kinds.count(int) == 1
    assert set(kinds) <= {int, ExportUnderWay, LostRace}


def test_control_without_the_unique_mark_each_tap_makes_a_job(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def unmarked(self: JobRepository, job: Job) -> Job:
        job.active = None
        return self.add(job)

    monkeypatch.setattr(JobRepository, "add_new", unmarked)
    assert tap(app, monkeypatch) == [int] * 4

"""The states of a job, and what it says while it runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kit.domain.identity import use_node
from kit.job.failure import INTERRUPTED, TOO_LONG, JobFailure, JobRefused
from kit.job.job import LEASE, MOST_RUNS, Job, JobState
from kit.job.kind import JobKind, Kinds
from kit.job.outcome import Outcome, ResultFile
from kit.job.progress import Progress

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def job() -> Job:
    """Waiting."""
    use_node(1)
    return Job.queued(
        kind="test.mail", owner="member:42", parameters={}, confidential={"email": "lin@example.cn"}, active="a", at=NOW
    )


def test_progress_is_told_once_a_second_and_never_says_a_hundred() -> None:
    told: list[int] = []
    times = iter([0.0, 0.2, 0.9, 1.0, 1.9, 2.0, 3.5])
    progress = Progress(told.append, clock=lambda: next(times))
    for rows in (10, 20, 30, 40, 50, 100):
        progress.reached(rows, of=100)
    assert told == [30, 50, 99]


def test_a_run_that_takes_too_long_ends_itself() -> None:
    times = iter([0.0, 480.0, 480.1])
    progress = Progress(lambda _: None, clock=lambda: next(times))
    progress.reached(1, of=2)
    with pytest.raises(JobRefused) as refused:
        progress.reached(2, of=2)
    assert refused.value.failure == TOO_LONG


def test_progress_of_a_part_is_told_as_a_share_of_the_whole() -> None:
    told: list[int] = []
    times = iter([0.0, 1.0, 2.0, 3.0])
    progress = Progress(told.append, clock=lambda: next(times))
    progress.reached(1, of=2, percents=(0, 20))
    progress.reached(1, of=2, percents=(20, 100))
    progress.reached(0, of=0, percents=(20, 100))
    assert told == [10, 60, 20]


def test_a_running_job_begins_again_only_when_its_worker_is_silent(job: Job) -> None:
    assert job.can_begin(at=NOW)
    job.begin(run="a", at=NOW)
    assert not job.can_begin(at=NOW + LEASE - timedelta(milliseconds=1))
    job.advance(50, at=NOW + DAY)
    assert not job.can_begin(at=NOW + DAY)
    assert job.can_begin(at=NOW + DAY + LEASE)
    job.begin(run="b", at=NOW + 2 * DAY)
    assert (job.percent, job.runs, job.is_run_by("a"), job.is_run_by("b")) == (0, 2, False, True)


@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED])
def test_a_job_that_is_over_forgets_the_address_and_frees_its_places(job: Job, state: JobState) -> None:
    job.begin(run="a", at=NOW)
    if state is JobState.DONE:
        job.finish(Outcome(result={"rows": 3}), at=NOW)
    else:
        job.fail("mail_refused", at=NOW)
    assert (job.state, job.confidential, job.slot, job.active, job.due_at) == (state, None, None, None, None)
    assert not job.can_begin(at=NOW + DAY)
    assert not job.is_run_by("a")


def test_a_job_is_hopeless_after_four_runs_or_with_a_mail_of_unknown_fate(job: Job) -> None:
    for _ in range(MOST_RUNS):
        assert job.hopeless() is None
        job.begin(run="a", at=NOW)
    assert job.hopeless() == INTERRUPTED
    job.begin_unrepeatable(lost_as="mail_unknown", at=NOW)
    assert job.hopeless() == "mail_unknown"
    assert not job.can_try_again()


def test_a_job_with_a_checkpoint_goes_on_from_it_and_a_pause_costs_no_try(job: Job) -> None:
    assert job.begin(run="a", at=NOW).checkpoint is None
    job.keep({"done": 200}, percent=40, at=NOW)
    job.pause(at=NOW)
    assert (job.state, job.percent, job.runs, job.slot, job.run) == (JobState.QUEUED, 40, 0, None, None)
    again = job.begin(run="b", at=NOW)
    assert (again.checkpoint, job.percent, job.runs) == ({"done": 200}, 40, 1)


def test_a_job_that_gets_on_is_not_given_up(job: Job) -> None:
    for _ in range(MOST_RUNS * 2):
        assert job.hopeless() is None
        job.begin(run="a", at=NOW)
        job.keep({}, percent=1, at=NOW)
        job.try_again(at=NOW)


def test_a_cancelled_job_is_over_and_its_run_may_not_write(job: Job) -> None:
    job.begin(run="a", at=NOW)
    assert job.cancel(at=NOW)
    assert (job.state, job.failure, job.slot, job.is_run_by("a")) == (JobState.FAILED, "cancelled", None, False)
    assert not job.cancel(at=NOW + DAY)
    assert job.finished_at == NOW


def test_what_is_done_cannot_be_cancelled(job: Job) -> None:
    job.finish(Outcome(files={"orders": ResultFile(key="k", filename="f.csv")}), at=NOW)
    assert not job.cancel(at=NOW)
    assert (job.state, job.failure) == (JobState.DONE, None)
    assert job.files == {"orders": {"key": "k", "filename": "f.csv"}}


class _Words(JobFailure):
    TOO_LONG = "too_long", "太久", "Too long"
    INTERRUPTED = "interrupted", "中断", "Interrupted"
    INTERNAL = "internal", "失败", "Failed"


class _FewWords(JobFailure):
    TOO_LONG = "too_long", "太久", "Too long"


class _Idle:
    def run(self, work: Any) -> Outcome:
        return Outcome()


def test_a_kind_has_one_runner_and_words_for_every_failure() -> None:
    kinds, runner = Kinds(), _Idle()
    kinds.register(JobKind(name="test.idle", runner=runner, failures=_Words))
    assert kinds.runner("test.idle") is runner
    with pytest.raises(ValueError, match="a runner already"):
        kinds.register(JobKind(name="test.idle", runner=runner, failures=_Words))
    with pytest.raises(ValueError, match="no words for internal, interrupted"):
        JobKind(name="test.idle", runner=runner, failures=_FewWords)
    with pytest.raises(KeyError):
        kinds.runner("test.unknown")

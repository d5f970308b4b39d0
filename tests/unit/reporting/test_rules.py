"""Periods, progress, money and the states of a job."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from backend.order.facade import OrderStatus
from backend.reporting.domain.error import PeriodInvalid, PeriodTooLong
from backend.reporting.domain.failure import Failure, ReportRefused
from backend.reporting.domain.job import LEASE, MOST_RUNS, JobState, ReportJob
from backend.reporting.domain.period import period
from backend.reporting.service.progress import Progress
from backend.reporting.service.table import STATUS_NAMES, yuan
from kit.domain.identity import use_node

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def job() -> ReportJob:
    """A buyer's, waiting."""
    use_node(1)
    return ReportJob.of_buyer(buyer_id=42, email="lin@example.cn", at=NOW)


def test_open_ends_are_ninety_days_up_to_now() -> None:
    assert period(None, None, now=NOW) == (NOW - 90 * DAY, NOW)
    assert period(None, NOW - DAY, now=NOW) == (NOW - 91 * DAY, NOW - DAY)
    assert period(NOW - DAY, NOW + 50 * DAY, now=NOW) == (NOW - DAY, NOW)
    assert period(NOW - 90 * DAY, NOW, now=NOW) == (NOW - 90 * DAY, NOW)


@pytest.mark.parametrize(
    ("placed_from", "placed_to", "error"),
    [
        (NOW, NOW, PeriodInvalid),
        (NOW + DAY, None, PeriodInvalid),
        (NOW - DAY, NOW - 2 * DAY, PeriodInvalid),
        (NOW - 90 * DAY - timedelta(milliseconds=1), NOW, PeriodTooLong),
    ],
)
def test_no_days_and_too_many_are_refused(placed_from: datetime, placed_to: datetime | None, error: type) -> None:
    with pytest.raises(error):
        period(placed_from, placed_to, now=NOW)


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
    with pytest.raises(ReportRefused) as refused:
        progress.reached(2, of=2)
    assert refused.value.failure is Failure.TOO_LONG


def test_money_is_exact() -> None:
    assert [str(yuan(fen)) for fen in (0, 1, 5980, 10**12)] == ["0.00", "0.01", "59.80", "10000000000.00"]
    assert yuan(5980) == Decimal("59.8")


def test_every_status_has_a_name() -> None:
    assert set(STATUS_NAMES) == set(OrderStatus)


def test_a_running_job_begins_again_only_when_its_worker_is_silent(job: ReportJob) -> None:
    assert job.can_begin(at=NOW)
    job.begin(run="a", at=NOW)
    assert not job.can_begin(at=NOW + LEASE - timedelta(milliseconds=1))
    job.advance(50, at=NOW + DAY)
    assert not job.can_begin(at=NOW + DAY)
    assert job.can_begin(at=NOW + DAY + LEASE)
    job.begin(run="b", at=NOW + 2 * DAY)
    assert (job.percent, job.runs, job.is_run_by("a"), job.is_run_by("b")) == (0, 2, False, True)


@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED])
def test_a_job_that_is_over_forgets_the_address_and_frees_its_places(job: ReportJob, state: JobState) -> None:
    job.begin(run="a", at=NOW)
    if state is JobState.DONE:
        job.finish(row_count=3, file_key=None, at=NOW)
    else:
        job.fail(Failure.MAIL_REFUSED, at=NOW)
    assert (job.state, job.email, job.slot, job.active, job.due_at) == (state, None, None, None, None)
    assert not job.can_begin(at=NOW + DAY)
    assert not job.is_run_by("a")


def test_a_job_is_hopeless_after_four_runs_or_with_a_mail_of_unknown_fate(job: ReportJob) -> None:
    for _ in range(MOST_RUNS):
        assert job.hopeless() is None
        job.begin(run="a", at=NOW)
    assert job.hopeless() is Failure.INTERRUPTED
    job.begin_mailing(at=NOW)
    assert job.hopeless() is Failure.MAIL_UNKNOWN
    assert not job.can_try_again()

"""A job makes one report, whatever happens to its workers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from backend.order.domain.status import OrderStatus
from backend.reporting.domain.failure import Failure
from backend.reporting.service import writing
from backend.reporting.service.table import STAFF_COLUMNS
from backend.reporting.wiring import services
from kit.domain.clock import utc_now
from kit.job import progress as progress_module
from kit.job.job import LEASE, MOST_RUNS, PATIENCE, JobState
from kit.job.wiring import jobs, resume_jobs, run_job, sweep_jobs
from kit.storage.port import NotStored
from tests.factories.catalog import make_product
from tests.factories.order import Buyer, make_buyer, place
from tests.factories.order_reading import allow_many_unpaid, order_in
from tests.factories.reporting import ask, content_of, file_key, files, job_row, storage
from tests.support.outbox import waiting_tasks
from tests.support.unchanged import nothing_changes

RUN = "kit.run_job"


@pytest.fixture
def buyer(app: Any, monkeypatch: pytest.MonkeyPatch) -> Buyer:
    """With three orders; chunks are of two."""
    allow_many_unpaid(monkeypatch)
    made, product = make_buyer(), make_product(price_fen=9900, stock=100)
    for _ in range(3):
        place(made, product)
    stream = writing.order.services().streaming.chunks
    monkeypatch.setattr(writing.order, "stream_orders", lambda *, selection: stream(selection, size=2))
    return made


def later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """The workers' clock runs ahead."""
    monkeypatch.setattr(jobs().running, "clock", lambda: utc_now() + by)


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_job_and_the_wish_to_run_it_are_one(buyer: Buyer) -> None:
    job_id = ask()
    assert waiting_tasks()[-1] == (RUN, {"job_id": job_id})
    assert (job_row(job_id).state, job_row(job_id).percent) == (JobState.QUEUED, 0)


def test_csv_has_every_order_once(buyer: Buyer) -> None:
    paid = order_in(OrderStatus.PAID, buyer)
    job_id = ask()
    run_job(job_id=job_id)
    headings, *rows = table(content_of(job_id))
    assert headings == [column.heading for column in STAFF_COLUMNS]
    assert len({row[0] for row in rows}) == len(rows) == 4
    (row,) = [row for row in rows if row[0] == paid]
    assert (row[1], row[7], row[-2], row[-1]) == ("待发货", "58.00", str(buyer.id), f"4200{paid}-1")
    job = job_row(job_id)
    assert (job.state, job.percent, job.result["rows"], job.runs, job.slot) == (JobState.DONE, 100, 4, 1, None)
    assert len(files()) == 1


def test_xlsx_keeps_types(buyer: Buyer) -> None:
    job_id = ask("xlsx")
    run_job(job_id=job_id)
    rows = list(load_workbook(io.BytesIO(content_of(job_id)))["Sheet1"].iter_rows(min_row=2))
    assert [[cell.data_type for cell in row[:8]] for row in rows] == [["s", "s", "d", "s", "n", "n", "n", "n"]] * 3
    assert {row[5].value for row in rows} == {99}


def test_only_what_was_asked_for(buyer: Buyer) -> None:
    paid = order_in(OrderStatus.PAID, buyer)
    job_id = ask(status="paid")
    before = ask(now=utc_now() - timedelta(hours=1))
    for one in (job_id, before):
        run_job(job_id=one)
    assert [row[0] for row in table(content_of(job_id))[1:]] == [paid]
    assert table(content_of(before))[1:] == []


def test_a_title_that_looks_like_a_formula_is_text(buyer: Buyer) -> None:
    place(buyer, make_product(title='=HYPERLINK("http://evil")', price_fen=9900, stock=1))
    job_id = ask()
    run_job(job_id=job_id)
    assert table(content_of(job_id))[-1][3].startswith("'=HYPERLINK")


def test_told_again_it_does_nothing(buyer: Buyer) -> None:
    job_id = ask()
    run_job(job_id=job_id)
    with nothing_changes():
        run_job(job_id=job_id)
        run_job(job_id=4711)
    assert len(files()) == 1


class _Killed(BaseException):
    """What no handler catches: as if the process were gone."""


def dying_after(chunks: int, failure: type[BaseException]) -> Any:
    """A stream that breaks off."""
    real = writing.order.stream_orders

    def stream(*, selection: Any) -> Iterator[Any]:
        for number, chunk in enumerate(real(selection=selection), start=1):
            yield chunk
            if number == chunks:
                raise failure

    return stream


def test_a_worker_that_dies_is_followed_by_one_that_begins_anew(buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = ask()
    with monkeypatch.context() as dying:
        dying.setattr(writing.order, "stream_orders", dying_after(1, _Killed))
        with pytest.raises(_Killed):
            run_job(job_id=job_id)
    assert job_row(job_id).state is JobState.RUNNING
    with nothing_changes():
        run_job(job_id=job_id)  # redelivered at once: the lease still stands
        assert resume_jobs(now=utc_now()) == 0
    waiting = len(waiting_tasks())
    assert resume_jobs(now=utc_now() + LEASE) == 1
    assert waiting_tasks()[waiting:] == [(RUN, {"job_id": job_id})]
    later(monkeypatch, LEASE)
    run_job(job_id=job_id)
    assert (job_row(job_id).state, job_row(job_id).runs, job_row(job_id).result["rows"]) == (JobState.DONE, 2, 3)
    assert len(table(content_of(job_id))) == 4
    assert len(files()) == 1


def test_a_worker_that_overslept_leaves_no_file_and_changes_nothing(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = ask()
    real = writing.order.stream_orders

    def oversleeping(*, selection: Any) -> Iterator[Any]:
        yield from real(selection=selection)
        monkeypatch.setattr(writing.order, "stream_orders", real)
        later(monkeypatch, LEASE)
        run_job(job_id=job_id)

    monkeypatch.setattr(writing.order, "stream_orders", oversleeping)
    run_job(job_id=job_id)
    assert (job_row(job_id).state, job_row(job_id).runs) == (JobState.DONE, 2)
    assert [path.name for path in files()] == [file_key(job_id)]


def test_a_failure_is_tried_again_later_and_not_for_ever(buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = ask()
    monkeypatch.setattr(writing.order, "stream_orders", dying_after(1, OSError))
    for run in range(1, MOST_RUNS + 1):
        run_job(job_id=job_id)
        job = job_row(job_id)
        assert (job.runs, job.slot, files()) == (run, None, [])
        assert job.state is (JobState.QUEUED if run < MOST_RUNS else JobState.FAILED)
    assert job.failure == Failure.INTERNAL
    # The wish itself, and three more, each later than the one before.
    assert waiting_tasks().count((RUN, {"job_id": job_id})) == MOST_RUNS


def test_a_job_whose_workers_die_each_time_is_given_up(buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = ask()
    monkeypatch.setattr(writing.order, "stream_orders", dying_after(1, _Killed))
    for run in range(MOST_RUNS):
        later(monkeypatch, LEASE * run)
        with pytest.raises(_Killed):
            run_job(job_id=job_id)
    later(monkeypatch, LEASE * MOST_RUNS)
    run_job(job_id=job_id)
    assert (job_row(job_id).state, job_row(job_id).failure) == (JobState.FAILED, Failure.INTERRUPTED)


def test_more_orders_than_a_file_may_hold_are_refused_before_the_first(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services().by_file, "most_rows", 2)
    job_id = ask()
    run_job(job_id=job_id)
    assert (job_row(job_id).state, job_row(job_id).failure) == (JobState.FAILED, Failure.TOO_MANY_ROWS)
    assert files() == []
    monkeypatch.setattr(services().by_file, "most_rows", 3)
    exact = ask()
    run_job(job_id=exact)
    assert job_row(exact).state is JobState.DONE


def test_one_job_runs_at_a_time_and_the_next_is_called_when_it_ends(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = ask(), ask()
    real, seen = writing.order.stream_orders, []

    def stream(*, selection: Any) -> Iterator[Any]:
        monkeypatch.setattr(writing.order, "stream_orders", real)
        run_job(job_id=second)
        seen.append(job_row(second).state)
        yield from real(selection=selection)

    monkeypatch.setattr(writing.order, "stream_orders", stream)
    run_job(job_id=first)
    assert (seen, job_row(first).state, job_row(second).state) == ([JobState.QUEUED], JobState.DONE, JobState.QUEUED)
    assert waiting_tasks()[-1] == (RUN, {"job_id": second})
    run_job(job_id=second)
    assert job_row(second).state is JobState.DONE


def test_percent_is_written_while_it_runs(buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id, seen = ask(), []
    monkeypatch.setattr(progress_module, "_SECONDS_BETWEEN", 0)
    real = writing.order.stream_orders

    def stream(*, selection: Any) -> Iterator[Any]:
        for chunk in real(selection=selection):
            yield chunk
            seen.append(job_row(job_id).percent)

    monkeypatch.setattr(writing.order, "stream_orders", stream)
    run_job(job_id=job_id)
    assert (seen, job_row(job_id).percent) == ([66, 99], 100)


def test_a_forgotten_job_is_asked_for_again_until_it_runs(buyer: Buyer) -> None:
    job_id, now = ask(now=utc_now()), utc_now()
    assert resume_jobs(now=now) == 0
    assert resume_jobs(now=now + PATIENCE) == 1
    assert resume_jobs(now=now + PATIENCE) == 0
    assert resume_jobs(now=now + 3 * PATIENCE) == 1
    run_job(job_id=job_id)
    assert resume_jobs(now=now + timedelta(days=1)) == 0


def test_old_files_go_first_and_old_jobs_later(buyer: Buyer) -> None:
    job_id, now = ask(now=utc_now()), utc_now()
    waiting = ask(now=utc_now())
    run_job(job_id=job_id)
    key = file_key(job_id)
    assert sweep_jobs(now=now + timedelta(hours=24)) == 0
    assert sweep_jobs(now=now + timedelta(hours=26)) == 1
    with pytest.raises(NotStored):
        storage().reading(key)
    assert sweep_jobs(now=now + timedelta(days=29)) == 0
    assert sweep_jobs(now=now + timedelta(days=31)) == 1
    assert job_row(waiting).state is JobState.QUEUED

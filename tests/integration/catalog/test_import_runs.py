"""Runs of imports that die, pause, are cancelled, and meet others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend.catalog.domain.pricing import PriceRule, PriceRuleKind
from backend.catalog.domain.product import Product
from backend.catalog.domain.status import ProductStatus
from backend.catalog.service.bulk import Pick
from backend.catalog.service.importing import applying
from backend.catalog.service.importing import job as import_job
from backend.catalog.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.job import progress
from kit.job.job import LEASE, JobState
from kit.job.wiring import jobs, run_job
from tests.factories.catalog_jobs import (
    OWNER,
    ask_import,
    codes,
    counts,
    file_of,
    imported,
    many,
    table,
    view_of,
)
from tests.factories.catalog_sheet import sheet
from tests.factories.reporting import job_row
from tests.support.fresh import fresh_session
from tests.support.outbox import waiting_tasks

pytestmark = pytest.mark.usefixtures("folder")


class _Killed(BaseException):
    """As if the process were gone."""


def die_at_the_third_chunk(patch: pytest.MonkeyPatch) -> None:
    """Before it is applied."""
    apply, seen = applying.Applying._apply, []

    def dying(self: Any, listed: Any, *rest: Any, **named: Any) -> Any:
        seen.append(len(listed))
        if len(seen) == 3:
            raise _Killed
        return apply(self, listed, *rest, **named)

    patch.setattr(applying.Applying, "_apply", dying)


def test_a_killed_import_goes_on_where_it_stood(
    small_chunks: None, monkeypatch: pytest.MonkeyPatch, everything: Callable[[], Any]
) -> None:
    rows = many(7)
    job_id = ask_import(sheet(*rows))
    with monkeypatch.context() as patch:
        die_at_the_third_chunk(patch)
        with pytest.raises(_Killed):
            run_job(job_id=job_id)
    assert codes() == ["P0", "P1", "P2", "P3"]
    running = view_of(job_id)
    assert (running.job.state, running.counts["products_created"]) == (JobState.RUNNING, 4)
    assert 40 < running.job.percent < 100
    monkeypatch.setattr(jobs().running, "clock", lambda: utc_now() + LEASE)
    run_job(job_id=job_id)
    job = job_row(job_id)
    assert (job.state, job.percent) == (JobState.DONE, 100)
    assert counts(job) == {"categories_created": 2, "products_created": 7, "skus_created": 7}
    assert codes() == [f"P{number}" for number in range(7)]
    before = everything()
    assert counts(imported(sheet(*rows))) == {"products_unchanged": 7, "skus_unchanged": 7}
    after = everything()
    assert {name for name in after if name != "kit_outbox" and after[name] != before[name]} == set()


def test_without_the_checkpoint_a_second_run_still_changes_nothing_more(
    small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the counts: what keeps the state right is that writing twice changes nothing."""
    job_id = ask_import(sheet(*many(5)))
    with monkeypatch.context() as patch:
        die_at_the_third_chunk(patch)
        patch.setattr(import_job._Following, "keep", lambda *_: None)
        with pytest.raises(_Killed):
            run_job(job_id=job_id)
    monkeypatch.setattr(jobs().running, "clock", lambda: utc_now() + LEASE)
    run_job(job_id=job_id)
    assert counts(job_row(job_id)) == {
        "products_created": 1,
        "products_unchanged": 4,
        "skus_created": 1,
        "skus_unchanged": 4,
    }


def test_a_long_import_pauses_and_goes_on_in_another_message(
    small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_job, "_PAUSE_AFTER_SECONDS", -1.0)
    job_id, states = ask_import(sheet(*many(5))), []
    for _ in range(4):
        run_job(job_id=job_id)
        states.append((job_row(job_id).state, len(codes())))
        assert waiting_tasks().count(("kit.run_job", {"job_id": job_id})) <= len(states) + 1
        if states[-1][0] is JobState.DONE:
            break
    assert states == [
        (JobState.QUEUED, 2),
        (JobState.QUEUED, 4),
        (JobState.QUEUED, 5),
        (JobState.DONE, 5),
    ]
    assert counts(job_row(job_id))["products_created"] == 5


def test_a_cancelled_import_stops_at_the_next_step(small_chunks: None, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = ask_import(sheet(*many(5)))
    apply, seen = applying.Applying._apply, []

    def cancelling(self: Any, listed: Any, *rest: Any, **named: Any) -> Any:
        seen.append(len(listed))
        if len(seen) == 2:
            services().jobs.cancel(job_id, kind="catalog.import", owner=OWNER, now=utc_now())
        return apply(self, listed, *rest, **named)

    monkeypatch.setattr(applying.Applying, "_apply", cancelling)
    run_job(job_id=job_id)
    view = view_of(job_id)
    assert (view.job.state, view.job.failure, view.job.slot) == (JobState.FAILED, "cancelled", None)
    assert (codes(), view.counts["products_created"]) == (["P0", "P1"], 2)


def test_whoever_edits_meanwhile_is_not_overrun(small_chunks: None, monkeypatch: pytest.MonkeyPatch) -> None:
    imported(sheet(*many(4, 是否上架="否")))
    apply, seen = applying.Applying._apply, []

    def archiving(self: Any, listed: Any, *rest: Any, **named: Any) -> Any:
        seen.append(len(listed))
        if len(seen) == 1:
            one = db.session.scalars(select(Product.id).where(Product.code == "P1")).one()
            db.session.rollback()
            services().editing.archive(one, now=utc_now())
        return apply(self, listed, *rest, **named)

    monkeypatch.setattr(applying.Applying, "_apply", archiving)
    job = imported(sheet(*many(4, 是否上架="否", 售价="5")))
    assert (job.state, job.result["faults"], counts(job)["products_updated"]) == (JobState.DONE, 1, 3)
    reason = "导入期间该商品被他人修改：该商品已归档，不能再修改"
    assert table(file_of(job, "errors"))[1:] == [["3", "商品编号", "P1", reason, "请使用新的商品编号，或删除这些行"]]
    fresh_session()
    archived = db.session.scalars(select(Product).where(Product.code == "P1")).one()
    assert (archived.status, archived.min_price_fen) == (ProductStatus.ARCHIVED, 990)


@pytest.mark.parametrize("edited_at", [timedelta(seconds=1), None])
def test_an_edit_of_the_same_fields_meanwhile_wins_over_the_sheet(
    small_chunks: None, monkeypatch: pytest.MonkeyPatch, edited_at: timedelta | None
) -> None:
    """Control: an edit from before the import does not."""
    imported(sheet(*many(4, 是否上架="否")))
    apply, seen = applying.Applying._apply, []

    def repricing(self: Any, listed: Any, *rest: Any, **named: Any) -> Any:
        seen.append(len(listed))
        if len(seen) == 1:
            one = db.session.scalars(select(Product.id).where(Product.code == "P1")).one()
            db.session.rollback()
            rule = PriceRule(kind=PriceRuleKind.SET, value=777)
            at = utc_now() - timedelta(hours=1) if edited_at is None else utc_now() + edited_at
            picks = [Pick(product_id=one)]
            services().bulk.reprice(picks, rule, dry_run=False, operator="staff:9", reason="", now=at)
        return apply(self, listed, *rest, **named)

    monkeypatch.setattr(applying.Applying, "_apply", repricing)
    job = imported(sheet(*many(4, 是否上架="否", 售价="5")))
    passed_over = 0 if edited_at is None else 1
    assert (job.result["faults"], counts(job)["products_updated"]) == (passed_over, 4 - passed_over)
    fresh_session()
    prices = {row.code: row.min_price_fen for row in db.session.execute(select(Product.code, Product.min_price_fen))}
    assert prices == {"P0": 500, "P1": 777 if passed_over else 500, "P2": 500, "P3": 500}
    if passed_over:
        reason = "导入期间该商品被他人修改：资料已更新"
        assert table(file_of(job, "errors"))[1:] == [["3", "商品编号", "P1", reason, "请核对后重新导入这些行"]]


def test_one_product_that_cannot_be_written_does_not_stop_the_others(
    small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody takes a code between the look at the catalogue and the writing: the database has the last word."""
    imported(sheet(*many(1)))
    blind = services().importing.applying.products.as_listed
    monkeypatch.setattr(
        services().importing.applying.products,
        "as_listed",
        lambda codes: {code: product for code, product in blind(codes).items() if code != "P0"},
    )
    job = imported(sheet(*many(3, 售价="5")))
    assert (job.state, job.result["faults"], counts(job)["products_created"]) == (JobState.DONE, 1, 2)
    assert table(file_of(job, "errors"))[1][:3] == ["2", "商品编号", "P0"]


def test_percent_is_committed_while_it_runs(small_chunks: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_SECONDS_BETWEEN", 0)
    seen, apply = [], applying.Applying._apply
    job_id = ask_import(sheet(*many(6)))

    def looking(self: Any, listed: Any, *rest: Any, **named: Any) -> Any:
        seen.append(job_row(job_id).percent)
        return apply(self, listed, *rest, **named)

    monkeypatch.setattr(applying.Applying, "_apply", looking)
    run_job(job_id=job_id)
    assert seen == [40, 60, 80]

"""Imports as jobs: thirty mistakes, round trips, runs that die, pause, meet others, and change nothing twice."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from backend.catalog.domain.product import Product
from backend.catalog.domain.status import ProductStatus
from backend.catalog.service.importing import applying, checking
from backend.catalog.service.importing import job as import_job
from backend.catalog.service.importing.columns import BY_NAME
from backend.catalog.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.job import progress
from kit.job.job import LEASE, JobState
from kit.job.wiring import jobs, run_job
from kit.service.transaction import in_transaction
from tests.factories.catalog_jobs import OWNER, ask_import, book, exported, file_of, imported, table, view_of
from tests.factories.catalog_sheet import COLUMNS, row, sheet
from tests.factories.reporting import job_row
from tests.factories.statements import counted_statements
from tests.support.fresh import fresh_session
from tests.support.outbox import waiting_tasks

DEMO = Path(__file__).parents[3] / "scripts/demo/catalog.csv"
ALL_COLUMNS = tuple(BY_NAME)


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For the files of this test."""
    monkeypatch.setattr(jobs().storage, "folder", tmp_path / "storage")


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two products in a transaction."""
    monkeypatch.setattr(checking, "PRODUCTS_AT_ONCE", 2)
    monkeypatch.setattr(applying, "PRODUCTS_AT_ONCE", 2)


def many(count: int, **over: str) -> list[dict[str, str]]:
    return [row(商品编号=f"P{number}", 商品名称=f"商品{number}", **over) for number in range(count)]


def codes() -> list[str]:
    fresh_session()
    return list(db.session.scalars(select(Product.code).order_by(Product.id)))


def counts(job: Any) -> dict[str, int]:
    return {name: count for name, count in job.result["counts"].items() if count}


MISTAKES: list[tuple[dict[str, str], str]] = [
    ({"商品编号": ""}, "商品编号"),
    ({"商品编号": "中文"}, "商品编号"),
    ({"商品编号": "X" * 57}, "商品编号"),
    ({"商品名称": ""}, "商品名称"),
    ({"商品名称": "长" * 201}, "商品名称"),
    ({"类目": ""}, "类目"),
    ({"类目": "a/b/c/d"}, "类目"),
    ({"类目": "a//b"}, "类目"),
    ({"品牌": "长" * 61}, "品牌"),
    ({"卖点": "长" * 201}, "卖点"),
    ({"单位": "长" * 21}, "单位"),
    ({"SKU规格": ""}, "SKU规格"),
    ({"SKU规格": "500g"}, "SKU规格"),
    ({"SKU规格": "规格:1;规格:2"}, "SKU规格"),
    ({"售价": ""}, "售价(元)"),
    ({"售价": "9.999"}, "售价(元)"),
    ({"售价": "￥9"}, "售价(元)"),
    ({"售价": "0"}, "售价(元)"),
    ({"售价": "-1"}, "售价(元)"),
    ({"划线价": "无"}, "划线价(元)"),
    ({"库存": ""}, "库存"),
    ({"库存": "1.5"}, "库存"),
    ({"库存": "1000001"}, "库存"),
    ({"是否上架": "Y"}, "是否上架"),
    ({"是否上架": ""}, "是否上架"),
    ({"商品参数": "没有名称"}, "商品参数"),
    ({"主图": "img/apple.jpg"}, "主图"),
    ({"图集": "ftp://a.cn/2"}, "图集"),
    # Between rows, and against the catalogue.
    ({"商品编号": "P0", "商品名称": "另一个名字", "SKU规格": "规格:2"}, "商品名称"),
    ({"商品编号": "OLD"}, "商品编号"),
]


@pytest.mark.parametrize("make", [sheet, book])
def test_thirty_mistakes_are_all_named_and_nothing_changes(make: Any, everything: Callable[[], Any]) -> None:
    imported(sheet(row(商品编号="OLD", 是否上架="否")))
    old = db.session.scalars(select(Product.id)).one()
    db.session.rollback()
    services().editing.archive(old, now=utc_now())
    rows = [
        row(商品编号="P0") if number == 0 else row(**{"商品编号": f"P{number}"} | cells)
        for number, (cells, _) in enumerate([({}, ""), *MISTAKES])
    ]
    before = everything()
    job = imported(make(*rows))
    assert (job.state, job.failure, job.result["faults"], len(MISTAKES)) == (JobState.FAILED, "faulty", 30, 30)
    found = [(int(number), column) for number, column, *_ in table(file_of(job, "errors"))[1:]]
    assert found == [(number, column) for number, (_, column) in enumerate(MISTAKES, start=3)]
    after = everything()
    assert {name for name in after if name != "kit_outbox" and after[name] != before[name]} == set()


def test_of_very_many_faults_a_thousand_are_listed_and_all_counted() -> None:
    job = imported(sheet(*[row(商品编号=f"P{number}", 售价="x", 库存="y") for number in range(700)]))
    rows = table(file_of(job, "errors"))
    assert (job.result["faults"], len(rows)) == (1400, 1002)
    assert rows[1][:2] == ["2", "售价(元)"]
    assert rows[-1][3] == "另有 400 处错误未列出"


def test_numbers_of_a_workbook_are_read_as_they_are_shown() -> None:
    cells = row() | {"商品编号": 1006002, "售价(元)": 19.9, "划线价(元)": 0.1 + 0.2, "库存": 100}
    assert counts(imported(book(cells)))["products_created"] == 1
    fresh_session()
    product = db.session.scalars(select(Product)).one()
    assert (product.code, product.skus[0].price_fen, product.skus[0].list_price_fen) == ("1006002", 1990, 30)


OPTIONAL = {
    "条形码": "6901234567892",
    "重量(克)": "500",
    "成本价(元)": "5.50",
    "每单限购": "3",
    "产地": "山东烟台",
    "标签": "新品;热卖",
    "运费类别": "cold",
    "详情": "<p>好吃</p>",
}


def test_optional_columns_are_taken_and_left_alone_when_they_are_missing() -> None:
    full = row() | OPTIONAL
    assert counts(imported(sheet(full, columns=ALL_COLUMNS)))["tags_created"] == 2
    exported_before = table(exported("csv"))
    assert [dict(zip(*exported_before, strict=True))[name] for name in OPTIONAL] == list(OPTIONAL.values())
    assert counts(imported(sheet(row()))) == {"products_unchanged": 1, "skus_unchanged": 1}
    assert table(exported("csv")) == exported_before
    emptied = full | dict.fromkeys(OPTIONAL, "")
    assert counts(imported(sheet(emptied, columns=ALL_COLUMNS))) == {"products_updated": 1, "skus_updated": 1}
    assert {dict(zip(*table(exported("csv")), strict=True))[name] for name in OPTIONAL} == {""}


def test_a_bar_code_belongs_to_one_sku() -> None:
    imported(sheet(row() | OPTIONAL, columns=ALL_COLUMNS))
    pear = row(商品编号="PEAR", 商品名称="梨")
    taken = imported(sheet(pear | {"条形码": "6901234567892"}, columns=(*COLUMNS, "条形码")))
    twice = imported(
        sheet(
            pear | {"条形码": "PEAR-1"},
            pear | {"SKU规格": "规格:1kg", "条形码": "PEAR-1"},
            columns=(*COLUMNS, "条形码"),
        )
    )
    wrong = imported(sheet(pear | {"条形码": "6901234567893"}, columns=(*COLUMNS, "条形码")))
    reasons = [table(file_of(job, "errors"))[1][:4] for job in (taken, twice, wrong)]
    assert [reason[:3] for reason in reasons] == [
        ["2", "条形码", "6901234567892"],
        ["3", "条形码", "PEAR-1"],
        ["2", "条形码", "6901234567893"],
    ]
    assert reasons[0][3] == "条形码已用于 SKU APPLE-1"
    assert reasons[1][3] == "与第 2 行的条形码相同"


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_what_is_exported_and_imported_again_changes_nothing(format: str, everything: Callable[[], Any]) -> None:
    imported(io.BytesIO(DEMO.read_bytes()))
    awkward = [
        row(商品编号="FORMULA", 商品名称='=HYPERLINK("http://evil")', 卖点="'=1+1", 单位="-"),
        row(商品编号="MARKS", 商品名称="一家人👨‍👩‍👧", 卖点="'单引号", 类目='["a/b", "[x]"]'),
        row(商品编号="PAIRS", 商品名称="@参数", 商品参数='[["提示", "a;b:c"], ["空", ""]]', SKU规格="规格:a:b"),
    ]
    assert counts(imported(sheet(*awkward)))["products_created"] == 3
    _is_unchanged_by_its_own_export(format, everything)


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_the_real_catalogue_comes_back_as_it_was(format: str, everything: Callable[[], Any]) -> None:
    if "REAL_CATALOG" not in os.environ:
        pytest.skip("REAL_CATALOG names no file: the export of the live shop is not part of the project")
    first = imported(io.BytesIO(Path(os.environ["REAL_CATALOG"]).read_bytes()))
    assert (counts(first)["products_created"], counts(first)["skus_created"]) == (239, 244)
    _is_unchanged_by_its_own_export(format, everything)


def _is_unchanged_by_its_own_export(format: str, everything: Callable[[], Any]) -> None:
    content, before = exported(format), everything()
    again = imported(io.BytesIO(content))
    assert (again.state, again.failure) == (JobState.DONE, None)
    assert set(counts(again)) == {"products_unchanged", "skus_unchanged"}
    after = everything()
    assert {name for name in after if name != "kit_outbox" and after[name] != before[name]} == set()


def test_a_dry_run_counts_what_the_import_then_does(small_chunks: None, everything: Callable[[], Any]) -> None:
    imported(sheet(*many(5), row(商品编号="OFF", 是否上架="否")))
    changed = sheet(
        *many(3),
        row(商品编号="P3", 商品名称="商品3", 售价="1"),
        row(商品编号="P4", 商品名称="商品4", SKU规格="规格:1kg"),
        row(商品编号="NEW1", 品牌="新牌", 类目="新/类"),
        row(商品编号="NEW2", 品牌="新牌", 类目="新/类"),
        row(商品编号="NEW3", 品牌="新牌", 类目="新/目"),
        row(商品编号="OFF"),
    )
    before = everything()
    rehearsed = imported(io.BytesIO(changed.getvalue()), dry_run=True)
    after = everything()
    assert {name for name in after if name != "kit_outbox" and after[name] != before[name]} == set()
    assert counts(rehearsed) == counts(imported(changed))
    assert counts(rehearsed)["brands_created"] == 1
    assert counts(rehearsed)["categories_created"] == 3


class _Killed(BaseException):
    """As if the process were gone."""


def test_a_killed_import_goes_on_where_it_stood(
    small_chunks: None, monkeypatch: pytest.MonkeyPatch, everything: Callable[[], Any]
) -> None:
    rows = many(7)
    job_id = ask_import(sheet(*rows))
    apply, seen = applying.Applying._apply, []

    def dying(self: Any, listed: Any, *rest: Any, **named: Any) -> Any:
        seen.append(len(listed))
        if len(seen) == 3:
            raise _Killed
        return apply(self, listed, *rest, **named)

    with monkeypatch.context() as patch:
        patch.setattr(applying.Applying, "_apply", dying)
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
    apply, seen = applying.Applying._apply, []

    def dying(self: Any, listed: Any, *rest: Any, **named: Any) -> Any:
        seen.append(len(listed))
        if len(seen) == 3:
            raise _Killed
        return apply(self, listed, *rest, **named)

    with monkeypatch.context() as patch:
        patch.setattr(applying.Applying, "_apply", dying)
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


def test_a_row_of_another_product_may_stand_between(small_chunks: None) -> None:
    rows = [row(商品编号=f"P{n % 3}", 商品名称=f"商品{n % 3}", SKU规格=f"规格:{n}") for n in range(9)]
    assert counts(imported(sheet(*rows)))["skus_created"] == 9
    assert codes() == ["P0", "P1", "P2"]


def test_more_skus_than_a_product_may_have() -> None:
    job = imported(sheet(*[row(SKU规格=f"规格:{number}") for number in range(201)]))
    assert table(file_of(job, "errors"))[1][:4] == ["202", "商品编号", "APPLE", "商品 APPLE 的规格超过 200 个"]
    assert codes() == []


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


def test_statements_grow_with_chunks_not_with_rows(app: Flask) -> None:
    def statements(count: int) -> int:
        rows = [row(商品编号=f"S{count}-{n}", 商品名称=f"商品{n}") for n in range(count)]
        job_id = ask_import(sheet(*rows))
        with counted_statements() as counted:
            run_job(job_id=job_id)
        assert job_row(job_id).state is JobState.DONE
        return len(counted)

    imported(sheet(row()))
    assert len({statements(count) for count in (1, 5, 20)}) == 1


def test_stock_of_known_skus_is_never_touched() -> None:
    imported(sheet(row()))
    job = imported(sheet(row(库存="999")))
    assert counts(job) == {"products_unchanged": 1, "skus_unchanged": 1}
    assert dict(zip(*table(exported("csv")), strict=True))["库存"] == "10"
    in_transaction(lambda: db.session.execute(update(Product).values(in_stock=False)))
    assert db.session.scalar(select(func.count()).select_from(Product)) == 1

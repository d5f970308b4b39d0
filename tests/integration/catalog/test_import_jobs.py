"""Imports and exports as jobs: thirty mistakes, optional columns, round trips."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from backend.catalog.domain.product import Product
from backend.catalog.service.importing import applying, checking
from backend.catalog.service.importing.columns import BY_NAME
from backend.catalog.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.job.job import JobState
from kit.job.wiring import jobs, run_job
from kit.service.transaction import in_transaction
from tests.factories.catalog_jobs import (
    ask_import,
    book,
    codes,
    counts,
    exported,
    file_of,
    imported,
    many,
    table,
)
from tests.factories.catalog_sheet import COLUMNS, row, sheet
from tests.factories.media import storage as media_storage
from tests.factories.media import upload, uses_of
from tests.factories.reporting import job_row
from tests.factories.statements import counted_statements
from tests.support.fresh import fresh_session

DEMO = Path(__file__).parents[3] / "scripts/demo/catalog.csv"
ALL_COLUMNS = tuple(BY_NAME)
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For the files of this test."""
    monkeypatch.setattr(jobs().storage, "folder", tmp_path / "storage")


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two products in a transaction."""
    monkeypatch.setattr(checking, "PRODUCTS_AT_ONCE", 2)
    monkeypatch.setattr(applying, "PRODUCTS_AT_ONCE", 2)


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


def test_every_fault_is_said_in_the_language_of_whoever_asked() -> None:
    rows = [row(**{"商品编号": f"P{number}"} | cells) for number, (cells, _) in enumerate(MISTAKES[:-2])]
    jobs_of = {language: imported(sheet(*rows), language=language) for language in ("zh", "en")}
    chinese, english = (table(file_of(job, "errors")) for job in jobs_of.values())
    names = [job.files["errors"]["filename"] for job in jobs_of.values()]
    assert names == ["导入错误.csv", "import-errors.csv"]
    assert english[0] == ["Row", "Column", "Content", "Reason", "What to do"]
    assert [line[:3] for line in english[1:]] == [line[:3] for line in chinese[1:]]
    reasons = [(zh[3], en[3], zh[4], en[4]) for zh, en in zip(chinese[1:], english[1:], strict=True)]
    assert len(reasons) == 28
    # 是 and 否 are what a sheet says, whoever reads about it.
    assert [said for said in reasons if not HAN.search(said[0]) or HAN.search(re.sub("[是否]", "", said[1]))] == []
    assert [said for said in reasons if said[2] == said[3] or not said[3].isprintable()] == []
    assert english[16] == [
        "17",
        "售价(元)",
        "9.999",
        "Not an amount in yuan with at most two decimals",
        "Such as 899 or 899.00",
    ]


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


def test_a_row_of_another_product_may_stand_between(small_chunks: None) -> None:
    rows = [row(商品编号=f"P{n % 3}", 商品名称=f"商品{n % 3}", SKU规格=f"规格:{n}") for n in range(9)]
    assert counts(imported(sheet(*rows)))["skus_created"] == 9
    assert codes() == ["P0", "P1", "P2"]


def test_more_skus_than_a_product_may_have() -> None:
    job = imported(sheet(*[row(SKU规格=f"规格:{number}") for number in range(201)]))
    assert table(file_of(job, "errors"))[1][:4] == ["202", "商品编号", "APPLE", "商品 APPLE 的规格超过 200 个"]
    assert codes() == []


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


def test_uploaded_pictures_are_used_and_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media_storage(), "folder", tmp_path / "media")
    file = upload()
    pictured = row(主图=f"media:{file.key}")
    assert counts(imported(sheet(pictured)))["products_created"] == 1
    user = f"product:{db.session.scalars(select(Product.id)).one()}"
    assert uses_of(user) == {file.key}
    assert table(exported("csv"))[1][12] == f"media:{file.key}"
    assert counts(imported(sheet(row())))["products_updated"] == 1
    assert uses_of(user) == set()


def test_a_picture_nobody_uploaded_is_a_fault() -> None:
    missing = f"media:{'0' * 32}.jpg"
    job = imported(sheet(row(商品编号="PEAR"), row(图集=f"{missing} https://a.cn/1.jpg")))
    assert table(file_of(job, "errors"))[1:] == [
        ["3", "主图", missing, "媒体库中没有这个文件", "请先上传图片，或改用 http(s) 地址"]
    ]
    assert codes() == []

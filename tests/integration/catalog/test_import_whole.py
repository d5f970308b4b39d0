"""An export holds the whole catalogue: into an empty shop it brings the same one, into its own it changes nothing."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import update

from backend.catalog.domain.product import Product
from backend.catalog.service.importing.columns import HEADINGS
from kit.db.extension import db
from kit.job.job import JobState
from kit.job.wiring import jobs
from kit.service.transaction import in_transaction
from tests.factories.catalog_jobs import book, counts, exported, file_of, imported, table
from tests.factories.catalog_sheet import sheet
from tests.factories.catalog_whole import DETAIL, empty_the_shop, make_whole_catalogue, whole_catalogue
from tests.factories.media import counted_right
from tests.factories.media import storage as media_storage

FORMATS = pytest.mark.parametrize("format", ["csv", "xlsx"])


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs().storage, "folder", tmp_path / "storage")
    monkeypatch.setattr(media_storage(), "folder", tmp_path / "media")


@FORMATS
def test_an_empty_shop_becomes_the_same(format: str) -> None:
    make_whole_catalogue()
    before, content = whole_catalogue(), exported(format)
    empty_the_shop()
    assert whole_catalogue() == {}
    job = imported(io.BytesIO(content))
    assert (job.state, job.failure) == (JobState.DONE, None), table(file_of(job, "errors"))
    assert whole_catalogue() == before
    assert counted_right()


@FORMATS
def test_its_own_shop_stays_as_it_is(format: str, everything: Callable[[], Any]) -> None:
    make_whole_catalogue()
    content, before = exported(format), everything()
    job = imported(io.BytesIO(content))
    assert counts(job) == {"products_unchanged": 3, "skus_unchanged": 4}
    after = everything()
    assert {name for name in after if name != "kit_outbox" and after[name] != before[name]} == set()


@FORMATS
def test_no_cell_is_longer_than_excel_takes(format: str) -> None:
    make_whole_catalogue()
    rows = table(exported(format))
    assert rows[0] == list(HEADINGS)
    longest = max(len(cell.encode("utf-16-le")) // 2 for row in rows for cell in row)
    assert 32_000 < longest < 32_767


def test_excel_s_own_eyes_see_the_same_workbook() -> None:
    make_whole_catalogue()
    workbook = openpyxl.load_workbook(io.BytesIO(exported("xlsx")), read_only=True)
    header, whole, *_ = workbook.active.iter_rows(values_only=True)
    cells = dict(zip(header, whole, strict=True))
    parts = [cells[name] or "" for name in ("详情", "详情(续2)", "详情(续3)", "详情(续4)")]
    assert "".join(parts).replace("【续】", "") == DETAIL


def rows_of(format: str) -> list[dict[str, str]]:
    header, *rows = table(exported(format))
    return [dict(zip(header, row, strict=True)) for row in rows]


@pytest.mark.parametrize(
    ("heading", "value", "column", "reason"),
    [
        ("详情(续2)", "", "详情", "内容不完整：下一部分应在“详情(续2)”列，以 【续】 开头"),
        ("详情(续4)", "【续】more", "详情", "“详情(续4)”列还有内容，而前一格没有以 【续】 结尾"),
        ("详情", "<p>短</p>", "详情", "“详情(续2)”列还有内容，而前一格没有以 【续】 结尾"),
        ("商品参数(续4)", "材质:棉【续】", "商品参数", "内容不完整：下一部分应在“商品参数(续4)”列，以 【续】 开头"),
    ],
)
@pytest.mark.parametrize("make", [sheet, book])
def test_a_part_that_is_missing_or_left_over_is_a_fault_and_nothing_changes(
    make: Any, heading: str, value: str, column: str, reason: str, everything: Callable[[], Any]
) -> None:
    make_whole_catalogue()
    whole, *_ = [row for row in rows_of("csv") if row["商品编号"] == "WHOLE"]
    before = everything()
    job = imported(make(whole | {heading: value}, columns=HEADINGS))
    assert [(line[0], line[1], line[3]) for line in table(file_of(job, "errors"))[1:]] == [("2", column, reason)]
    after = everything()
    assert {name for name in after if name != "kit_outbox" and after[name] != before[name]} == set()


@pytest.mark.parametrize("make", [sheet, book])
def test_who_deletes_the_further_columns_is_told(make: Any) -> None:
    make_whole_catalogue()
    columns = [name for name in HEADINGS if "续" not in name]
    job = imported(make(*rows_of("csv"), columns=columns))
    faults = {(line[1], line[3]) for line in table(file_of(job, "errors"))[1:]}
    assert faults == {
        ("商品参数", "内容不完整：以 【续】 结尾，但后面没有下一列"),
        ("详情", "内容不完整：以 【续】 结尾，但后面没有下一列"),
    }


def test_a_sheet_of_people_needs_no_further_columns() -> None:
    make_whole_catalogue()
    bare = [row for row in rows_of("csv") if row["商品编号"] != "WHOLE"]
    before = whole_catalogue()
    assert counts(imported(sheet(*bare, columns=[name for name in HEADINGS if "续" not in name]))) == {
        "products_unchanged": 2,
        "skus_unchanged": 1,
    }
    assert whole_catalogue() == before


@FORMATS
def test_a_dry_run_of_its_own_export_shows_nothing_and_then_what_has_changed(format: str) -> None:
    make_whole_catalogue()
    content = exported(format)
    rehearsed = imported(io.BytesIO(content), dry_run=True)
    assert table(file_of(rehearsed, "changes"))[1:] == []
    in_transaction(
        lambda: db.session.execute(update(Product).where(Product.code == "WHOLE").values(detail="<p>短</p>"))
    )
    rehearsed = imported(io.BytesIO(content), dry_run=True)
    ((row, code, sku, field, old, new),) = table(file_of(rehearsed, "changes"))[1:]
    assert (row, code, sku, field, old) == ("2", "WHOLE", "", "详情", "<p>短</p>")
    # Only shown, so it may be cut.
    assert new.startswith(DETAIL[:1000])

"""What is written comes back out of a reader nobody here wrote."""

from __future__ import annotations

import csv
import io
import os
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from xlsxwriter import Workbook

from kit.export.cell import Value
from kit.export.sheet import FORMATS
from kit.export.xlsx import MOST_ROWS, XlsxSheet

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOMENT = datetime(2026, 11, 20, 16, 30, 5, 999000, tzinfo=UTC)
HEADINGS = ("订单号", "标题", "金额", "件数", "时间", "空")
ROW: tuple[Value, ...] = ("2611201630004821567890", '=A"1",\r\n;x', Decimal("59.80"), 3, MOMENT, None)


def written(format: str) -> bytes:
    stream = io.BytesIO()
    with FORMATS[format].open(stream, HEADINGS, SHANGHAI) as sheet:
        sheet.write(ROW)
    assert not stream.closed
    return stream.getvalue()


def test_csv_byte_by_byte() -> None:
    lines = (
        '"订单号","标题","金额","件数","时间","空"\r\n'
        '"2611201630004821567890","\'=A""1"",\r\n;x",59.80,3,"2026-11-21 00:30:05+08:00",""\r\n'
    )
    assert written("csv") == b"\xef\xbb\xbf" + lines.encode()


def test_csv_is_read_back() -> None:
    text = written("csv").decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        list(HEADINGS),
        ["2611201630004821567890", '\'=A"1",\r\n;x', "59.80", "3", "2026-11-21 00:30:05+08:00", ""],
    ]


def test_xlsx_is_read_back_with_types() -> None:
    sheet = load_workbook(io.BytesIO(written("xlsx")))["Sheet1"]
    headings, row = sheet.iter_rows()
    assert tuple(cell.value for cell in headings) == HEADINGS
    assert [cell.data_type for cell in row] == ["s", "s", "n", "n", "d", "n"]
    assert [cell.value for cell in row[:4]] == ["2611201630004821567890", '\'=A"1",\n;x', 59.8, 3]
    # xlsxwriter keeps milliseconds; openpyxl rounds them to microseconds.
    shown = row[4].value.replace(microsecond=0)
    assert (shown, row[4].number_format) == (
        datetime(2026, 11, 21, 0, 30, 5, tzinfo=UTC).replace(tzinfo=None),
        "yyyy-mm-dd hh:mm:ss",
    )
    assert row[5].value is None


@pytest.mark.parametrize("text", ["=1+1", "http://evil.example/", "mailto:x@example.cn", "0123", "{=SUM(1)}", "1e5"])
def test_xlsx_takes_text_for_text(text: str) -> None:
    stream = io.BytesIO()
    with FORMATS["xlsx"].open(stream, ("x",), SHANGHAI) as sheet:
        sheet.write((text,))
    cell = load_workbook(stream)["Sheet1"]["A2"]
    assert (cell.data_type, cell.hyperlink, cell.value.lstrip("'")) == ("s", None, text)


def test_the_row_after_the_last_begins_a_second_worksheet_with_headings() -> None:
    stream = io.BytesIO()
    workbook = Workbook(stream, {"constant_memory": True})
    sheet = XlsxSheet(workbook, ("n",), SHANGHAI, most_rows=4)
    for number in range(7):
        sheet.write((number,))
    workbook.close()
    read = load_workbook(stream)
    assert [[cell for (cell,) in worksheet.values] for worksheet in read] == [["n", 0, 1, 2], ["n", 3, 4, 5], ["n", 6]]


def test_a_worksheet_holds_what_excel_can() -> None:
    assert MOST_ROWS == 1_048_576


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_an_empty_table_has_its_headings(format: str) -> None:
    stream = io.BytesIO()
    with FORMATS[format].open(stream, HEADINGS, SHANGHAI):
        pass
    if format == "csv":
        assert stream.getvalue().count(b"\r\n") == 1
    else:
        assert [tuple(row) for row in load_workbook(stream)["Sheet1"].values] == [HEADINGS]


def test_what_a_killed_export_left_behind_is_swept_by_a_later_one_and_nothing_younger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left, running = tmp_path / "qiyuan-xlsx-left", tmp_path / "qiyuan-xlsx-running"
    for folder in (left, running):
        folder.mkdir()
        (folder / "rows").write_text("x")
    yesterday = time.time() - 25 * 3600
    os.utime(left, (yesterday, yesterday))
    written("xlsx")
    assert [folder.name for folder in tmp_path.iterdir()] == ["qiyuan-xlsx-running"]

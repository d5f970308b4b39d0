"""Workbooks of strangers: what is read, and how everything else is named."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from kit.intake import archive
from kit.intake.record import FlawedCell, Unreadable
from kit.intake.upload import read_upload

TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def made(fill: Callable[[Worksheet, Workbook], Any]) -> io.BytesIO:
    """What openpyxl writes."""
    workbook, stream = Workbook(), io.BytesIO()
    assert workbook.active is not None
    fill(workbook.active, workbook)
    workbook.save(stream)
    return stream


def by_hand(sheet: str, *, strings: str = "", prolog: str = "", **parts: str) -> io.BytesIO:
    """A workbook with this XML in its one sheet."""
    stream = io.BytesIO()
    contents = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" Type="{DOCUMENT}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}"><sheets><sheet name="一" sheetId="1" '
        'r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" '
        f'Type="{DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" '
        f'Type="{DOCUMENT}/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'{prolog}<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
    } | {name.replace("__", "/").replace("_xml", ".xml"): content for name, content in parts.items()}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in contents.items():
            book.writestr(name, content)
    return stream


def rows(stream: io.BytesIO) -> list[tuple[int, list[str]]]:
    return [(record.number, record.cells) for record in read_upload(stream, ()).records]


def refusal(stream: io.BytesIO) -> Unreadable:
    with pytest.raises(Unreadable) as refused:
        rows(stream)
    assert refused.value.remedy
    return refused.value


def first(stream: io.BytesIO) -> str:
    return rows(stream)[0][1][0]


def test_texts_numbers_and_gaps() -> None:
    def fill(sheet: Worksheet, _: Workbook) -> None:
        sheet.append(["编号", "名称", "价"])
        sheet["A3"], sheet["C3"] = 1006002, 19.9
        sheet["B4"] = "两\n行"

    assert rows(made(fill)) == [(1, ["编号", "名称", "价"]), (3, ["1006002", "", "19.9"]), (4, ["", "两\n行"])]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (899, "899"),
        (899.0, "899"),
        (0.1 + 0.2, "0.3"),
        (19.899999999999999, "19.9"),
        (1e-7, "0.0000001"),
        (123456789012345, "123456789012345"),
        (-0.5, "-0.5"),
        (True, "TRUE"),
    ],
)
def test_a_number_is_read_as_excel_shows_it(value: float, shown: str) -> None:
    cell = first(made(lambda sheet, _: sheet.append([value])))
    assert (cell, isinstance(cell, FlawedCell)) == (shown, False)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("=1+1", "是公式"),
        ('=HYPERLINK("http://evil")', "是公式"),
        (date(2026, 11, 20), "被 Excel 当成了日期或时间"),
        (1234567890123456, "是超过 15 位的数字，Excel 会丢失末尾几位"),
    ],
)
def test_what_nobody_typed_as_it_stands_is_flawed(value: Any, reason: str) -> None:
    cell = first(made(lambda sheet, _: sheet.append([value])))
    assert isinstance(cell, FlawedCell)
    assert (cell.reason, bool(cell.remedy)) == (reason, True)


def test_a_format_of_ones_own_that_shows_a_date() -> None:
    def fill(sheet: Worksheet, _: Workbook) -> None:
        sheet.append([45000, 45000, 45000])
        sheet["A1"].number_format = 'yyyy"年"m"月"'
        sheet["B1"].number_format = '0.00"dollar"'
        sheet["C1"].number_format = "[Red]#,##0"

    assert [isinstance(cell, FlawedCell) for cell in rows(made(fill))[0][1]] == [True, False, False]


def test_error_values_are_flawed() -> None:
    cell = first(by_hand('<row r="1"><c r="A1" t="e"><v>#REF!</v></c></row>'))
    assert isinstance(cell, FlawedCell)
    assert (cell, cell.reason) == ("#REF!", "是错误值")


def test_rich_text_readings_and_escapes() -> None:
    strings = (
        "<si><r><t>红</t></r><r><t xml:space=\"preserve\">富士 </t></r><rPh sb='0' eb='1'><t>ホン</t></rPh></si>"
        "<si><t>_x0041__x000D__x005F_x000D_</t></si>"
    )
    cells = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    assert rows(by_hand(cells, strings=strings)) == [(1, ["红富士 ", "_x0041_\r_x000D_"])]


def test_cells_and_rows_without_places() -> None:
    assert rows(
        by_hand('<row><c t="inlineStr"><is><t>甲</t></is></c><c><v>1</v></c></row><row><c><v>2</v></c></row>')
    ) == [
        (1, ["甲", "1"]),
        (2, ["2"]),
    ]


def test_merged_cells_are_remarked() -> None:
    def fill(sheet: Worksheet, _: Workbook) -> None:
        sheet.append(["a"])
        sheet.append(["b"])
        sheet.merge_cells("A2:A4")

    reading = read_upload(made(fill), ())
    assert len(list(reading.records)) == 2
    (remark,) = reading.remarks
    assert (remark.row, remark.value, remark.reason) == (2, "A2:A4", "这里有合并单元格")


def test_hidden_and_empty_sheets_are_left_out_and_two_filled_ones_refused() -> None:
    def fill(sheet: Worksheet, workbook: Workbook, state: str) -> None:
        sheet.append(["一"])
        workbook.create_sheet("空")
        other = workbook.create_sheet("另一")
        other.append(["二"])
        other.sheet_state = state

    assert rows(made(lambda sheet, book: fill(sheet, book, "hidden"))) == [(1, ["一"])]
    assert rows(made(lambda sheet, book: fill(sheet, book, "veryHidden"))) == [(1, ["一"])]
    assert refusal(made(lambda sheet, book: fill(sheet, book, "visible"))).reason == "有多个工作表有内容：Sheet、另一"


def test_an_empty_workbook() -> None:
    assert refusal(made(lambda *_: None)).reason == "没有可见的工作表有内容"


OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def test_an_encrypted_workbook_and_an_old_one_are_told_apart() -> None:
    encrypted = OLE + b"\0" * 70_000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 100
    assert refusal(io.BytesIO(encrypted)).reason == "文件有密码"
    assert refusal(io.BytesIO(OLE + b"\0" * 1000)).reason.startswith("这是旧版 Excel 文件")


def truncated() -> bytes:
    whole = made(lambda sheet, _: sheet.append(["a"])).getvalue()
    return whole[: len(whole) // 2]


def without(part: str) -> bytes:
    source, stream = zipfile.ZipFile(by_hand("<row><c><v>1</v></c></row>")), io.BytesIO()
    with zipfile.ZipFile(stream, "w") as book:
        for name in source.namelist():
            if name != part:
                book.writestr(name, source.read(name))
    return stream.getvalue()


BOMB = '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04",
        b"PK\x05\x06" + b"\0" * 18,
        truncated(),
        without("_rels/.rels"),
        without("xl/workbook.xml"),
        without("xl/_rels/workbook.xml.rels"),
        without("xl/worksheets/sheet1.xml"),
        by_hand("<row>").getvalue(),
        by_hand("<row/>", prolog=BOMB).getvalue(),
        by_hand('<row><c t="s"><v>7</v></c></row>').getvalue(),
        by_hand('<row><c t="s"><v>-1</v></c></row>').getvalue(),
        by_hand('<row r="2"><c><v>1</v></c></row><row r="1"><c><v>1</v></c></row>').getvalue(),
        by_hand('<row r="99999999"><c><v>1</v></c></row>').getvalue(),
        by_hand('<row r="x"><c><v>1</v></c></row>').getvalue(),
        by_hand('<row><c r="ZZZ1"><v>1</v></c></row>').getvalue(),
        by_hand('<row><c r="1A"><v>1</v></c></row>').getvalue(),
        by_hand("<row><c><v>NaN</v></c></row>").getvalue(),
        by_hand("<row><c><v>1e999999</v></c></row>").getvalue(),
        by_hand("<row><c><v>one</v></c></row>").getvalue(),
    ],
)
def test_what_only_looks_like_a_workbook_is_damaged(content: bytes) -> None:
    assert refusal(io.BytesIO(content)).reason == "文件已损坏，或不是 Excel 工作簿"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 100_000)
    bomb = by_hand("<row><c><v>1</v></c></row>" + " " * 1_000_000)
    assert len(bomb.getvalue()) < 10_000
    assert refusal(bomb).reason == "解压后过大"


def test_a_part_that_lies_about_its_size_does_not_get_further() -> None:
    content = by_hand("<row><c><v>1</v></c></row>" * 1000).getvalue()
    size = len(zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml"))
    lying = content.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert refusal(io.BytesIO(lying)).reason == "文件已损坏，或不是 Excel 工作簿"


def test_a_list_of_contents_without_end_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as book:
        for number in range(9000):
            book.writestr(f"{number}" * 10, b"")

    def never(*_: object) -> None:
        raise AssertionError("it was opened")

    monkeypatch.setattr(archive.zipfile, "ZipFile", never)
    assert refusal(stream).reason == "文件已损坏，或不是 Excel 工作簿"


def test_a_cell_without_end_is_refused() -> None:
    cell = f'<row><c t="inlineStr"><is><t>{"长" * 131_073}</t></is></c></row>'
    assert refusal(by_hand(cell)).reason == "有单元格超过 131072 个字"


@pytest.mark.parametrize("sheet", ["<row>" * 1000 + "</row>" * 1000, f'<row x="{"A" * 3_000_000}"></row>'])
def test_tags_without_end_or_bottom_are_refused(sheet: str) -> None:
    """Half a megabyte of open tags took 1.4 GB, and a tag of 400 MB hours: expat begins it anew with every piece."""
    assert refusal(by_hand(sheet)).reason == archive.damaged().reason

"""XLSX row by row. The readers there are keep all texts (openpyxl) or all cells (calamine) in memory: ADR 0016."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from kit.domain.words import Words
from kit.intake.archive import Archive
from kit.intake.record import Reading, Record, Remark, Unreadable
from kit.intake.strings import SharedStrings
from kit.intake.workbook import Workbook, read_workbook
from kit.intake.worksheet import Worksheet

_ONE_SHEET = Words(
    "请把商品放在一个工作表里，删除或隐藏其他工作表", "Put everything on one sheet, and delete or hide the others"
)


def read_xlsx(file: BinaryIO) -> Reading:
    """The one visible worksheet that has cells. What goes wrong is raised by `records`."""
    remarks: list[Remark] = []
    done = [0.0]
    return Reading(_records(file, remarks, done), remarks, lambda: done[0], pads=True)


def _records(file: BinaryIO, remarks: list[Remark], done: list[float]) -> Iterator[Record]:
    archive = Archive(file)
    workbook = read_workbook(archive)
    strings = SharedStrings()
    try:
        if workbook.strings is not None:
            strings.load(archive, workbook.strings)
        part = _the_one_sheet(archive, workbook, strings)
        sheet, size = Worksheet(strings, workbook.dates), max(archive.size(part), 1)
        for fed in archive.pieces(part, sheet.parser):
            done[0] = min(fed / size, 1.0)
            yield from sheet.take_rows()
        yield from sheet.take_rows()
        remarks.extend(sheet.merged)
    finally:
        strings.close()


def _the_one_sheet(archive: Archive, workbook: Workbook, strings: SharedStrings) -> str:
    filled = [(name, part) for name, part in workbook.sheets if _has_cells(archive, workbook, strings, part)]
    if len(filled) > 1:
        raise Unreadable(
            Words(
                f"有多个工作表有内容：{'、'.join(name for name, _ in filled[:5])}",
                f"Several sheets are filled: {', '.join(name for name, _ in filled[:5])}",
            ),
            _ONE_SHEET,
        )
    if not filled:
        raise Unreadable(
            Words("没有可见的工作表有内容", "No visible sheet is filled"),
            Words(
                "请取消隐藏商品所在的工作表，第一行为表头", "Show the sheet that is meant; its first row is the header"
            ),
        )
    return filled[0][1]


def _has_cells(archive: Archive, workbook: Workbook, strings: SharedStrings, part: str) -> bool:
    sheet = Worksheet(strings, workbook.dates)
    return any(True for _ in archive.pieces(part, sheet.parser) for _ in sheet.take_rows())

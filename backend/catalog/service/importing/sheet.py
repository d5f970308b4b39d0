"""What an uploaded file says about the columns: its header, and rows with the right number of cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from backend.catalog.service.importing.cells import is_garbled
from backend.catalog.service.importing.columns import BY_NAME, CONTINUATIONS, REQUIRED, whole_texts
from backend.catalog.service.importing.fault import Fault
from kit.domain.words import Words
from kit.export.cell import original_text
from kit.intake.record import FlawedCell, Unreadable
from kit.intake.upload import read_upload

_SAVE_AS_UTF8 = Words(
    "请在 Excel/WPS 中另存为“CSV UTF-8（逗号分隔）”或“.xlsx”后重试",
    "Save it in Excel or WPS as 'CSV UTF-8' or '.xlsx', and try again",
)
MOST_ROWS = 200_000


@dataclass(frozen=True)
class Row:
    """The cells of a row by column, trimmed, long texts in one piece.

    `number` is the spreadsheet's: a cell of several lines is one row.
    """

    number: int
    cells: dict[str, str]


class Sheet:
    """A file with at least the required columns, in any order. What cannot be read is told to `blame`."""

    def __init__(self, file: BinaryIO, blame: Callable[[Fault], None]) -> None:
        self.blame = blame
        self._reading = read_upload(file, REQUIRED)

    @property
    def done(self) -> float:
        """How much of the file is read, 0 to 1."""
        return self._reading.done()

    def rows(self) -> Iterator[Row]:
        """The rows with the right number of cells; none when the header is wrong. Blank rows are skipped."""
        try:
            yield from self._rows()
        except Unreadable as error:
            self._blame(error.row, error.reason, error.remedy)
        for remark in self._reading.remarks:
            self._blame(remark.row, remark.reason, remark.remedy, value=remark.value)

    def _rows(self) -> Iterator[Row]:
        header: list[str] | None = None
        for count, record in enumerate(self._reading.records):
            cells = [_trimmed(cell) for cell in record.cells]
            if header is None:
                header = cells
                if record.number != 1 or not self._check_header(header):
                    return
            elif count > MOST_ROWS:
                raise Unreadable(
                    Words(f"超过 {MOST_ROWS} 行", f"More than {MOST_ROWS} rows"),
                    Words("请拆成几个文件", "Split it into several files"),
                    row=record.number,
                )
            elif any(cells):
                yield from self._row(record.number, cells, header)
        if header is None:
            self._check_header([])

    def _row(self, number: int, cells: list[str], header: list[str]) -> Iterator[Row]:
        while len(cells) > len(header) and not cells[-1]:
            cells.pop()
        if self._reading.pads:
            # A workbook leaves empty cells at the end of a row out.
            cells += [""] * (len(header) - len(cells))
        if len(cells) == len(header):
            yield Row(number, whole_texts(dict(zip(header, cells, strict=True))))
        else:
            reason = Words(
                f"有 {len(cells)} 个单元格，应为 {len(header)} 个", f"{len(cells)} cells instead of {len(header)}"
            )
            self._blame(
                number,
                reason,
                Words(
                    "请检查逗号；内容里有逗号的单元格要用英文双引号括起来",
                    "Check the commas; a cell that contains one stands in double quotes",
                ),
            )

    def _check_header(self, header: list[str]) -> bool:
        while header and not header[-1]:
            header.pop()
        faults = list(_header_faults(header))
        for fault in faults:
            self.blame(fault)
        return not faults

    def _blame(self, row: int, reason: Words, remedy: Words, *, column: str = "", value: str = "") -> None:
        self.blame(Fault(row, column, value, reason, remedy))


def _trimmed(cell: str) -> str:
    return cell if isinstance(cell, FlawedCell) else original_text(cell.strip())


def _header_faults(header: Sequence[str]) -> Iterator[Fault]:
    if any(is_garbled(name) or "\x00" in name for name in header):
        mixed = Words(
            "文件不是 UTF-8 编码（可能是 UTF-16，或内容混有多种编码）",
            "The file is not UTF-8 (perhaps UTF-16, or several encodings)",
        )
        yield Fault(1, "", "", mixed, _SAVE_AS_UTF8)
    elif not header:
        empty = Words("没有表头，文件可能是空的", "There is no header; the file may be empty")
        wanted = ",".join(REQUIRED)
        yield Fault(1, "", "", empty, Words(f"第一行应为：{wanted}", f"The first row should be: {wanted}"))
    else:
        missing = Words("缺少这一列", "This column is missing")
        add = Words("请补上这一列，列名须完全一致", "Add it, named exactly so")
        yield from (Fault(1, name, "", missing, add) for name in REQUIRED if name not in header)
        for name, times in Counter(header).items():
            yield from _column_faults(name, times, header)


def _column_faults(name: str, times: int, header: Sequence[str]) -> Iterator[Fault]:
    if name in CONTINUATIONS and CONTINUATIONS[name] not in header:
        before = CONTINUATIONS[name]
        reason = Words(f"缺少它的前一部分，即“{before}”列", f"The part before it, the column {before}, is missing")
        yield Fault(1, name, "", reason, Words("请补上那一列，或删除这一列", "Add that column, or delete this one"))
    elif name not in BY_NAME and name not in CONTINUATIONS:
        remedy = Words(f"请删除，或改成：{'、'.join(BY_NAME)}", f"Delete it, or use one of: {', '.join(BY_NAME)}")
        yield Fault(1, "", name, Words("不认识的列", "An unknown column"), remedy)
    elif times > 1:
        reason = Words(f"这一列出现了 {times} 次", f"This column stands {times} times")
        yield Fault(1, name, "", reason, Words("请只保留一列", "Keep one of them"))

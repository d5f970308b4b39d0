"""Reads the CSV file row by row: encoding, header, quotes, number of cells. Knows no column's meaning."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from backend.catalog.service.importing.fault import Fault

_SAVE_AS_UTF8 = "请在 Excel/WPS 中另存为“CSV UTF-8（逗号分隔）”后重试"


@dataclass(frozen=True)
class Row:
    """The cells of a row by column, trimmed. `number` is the spreadsheet's: a cell of several lines is one row."""

    number: int
    cells: dict[str, str]


class Sheet:
    """A file with exactly `columns`, in any order. What cannot be read goes to `faults`."""

    def __init__(self, file: BinaryIO, columns: Sequence[str], faults: list[Fault]) -> None:
        self.columns = columns
        self.faults = faults
        # Bytes that are no UTF-8 arrive as lone surrogates, so they can be blamed on their row and column.
        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")

    def rows(self) -> Iterator[Row]:
        """The rows with the right number of cells; none when the header is wrong. Blank rows are skipped."""
        records = self._records()
        number, header = next(records, (1, []))
        header = [name.strip() for name in header]
        if not self._check_header(header):
            return
        for number, record in records:
            if not any(cell.strip() for cell in record):
                continue
            while len(record) > len(header) and not record[-1].strip():
                record.pop()
            if len(record) == len(header):
                yield Row(number, {name: cell.strip() for name, cell in zip(header, record, strict=True)})
            else:
                reason = f"有 {len(record)} 个单元格，应为 {len(header)} 个"
                self._blame(number, reason, "请检查逗号；内容里有逗号的单元格要用英文双引号括起来")

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        number = 0
        try:
            for record in csv.reader(self._text, strict=True):
                number += 1
                yield number, record
        except csv.Error as error:
            remedy = "请检查英文双引号是否成对，单元格是否过长（最多 131072 字）"
            self._blame(number + 1, f"从这一行起无法读取（{error}）", remedy)
        finally:
            # The file belongs to the caller: the wrapper must not close it on its way out.
            self._text.detach()

    def _check_header(self, header: list[str]) -> bool:
        before = len(self.faults)
        if any(is_garbled(name) or "\x00" in name for name in header):
            self._blame(1, "文件不是 UTF-8 编码（可能是 GBK 或 UTF-16）", _SAVE_AS_UTF8)
            return False
        if not any(header):
            if before == len(self.faults):
                self._blame(1, "没有表头，文件可能是空的", f"第一行应为：{','.join(self.columns)}")
            return False
        for name in self.columns:
            if name not in header:
                self._blame(1, "缺少这一列", "请补上这一列，列名须完全一致", column=name)
        for name, times in Counter(header).items():
            if name not in self.columns:
                self._blame(1, "不认识的列", f"请删除，或改成：{'、'.join(self.columns)}", value=name)
            elif times > 1:
                self._blame(1, f"这一列出现了 {times} 次", "请只保留一列", column=name)
        return before == len(self.faults)

    def _blame(self, row: int, reason: str, remedy: str, *, column: str = "", value: str = "") -> None:
        self.faults.append(Fault(row, column, value, reason, remedy))


def is_garbled(cell: str) -> bool:
    """True when the bytes of `cell` were not UTF-8."""
    return any("\udc80" <= sign <= "\udcff" for sign in cell)

"""XLSX row by row: xlsxwriter keeps one row in memory and the rest in temporary files."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from xlsxwriter import Workbook

from kit.export.cell import Value, safe_text

_PREFIX = "qiyuan-xlsx-"
_DEAD_AFTER_SECONDS = 24 * 3600
MOST_ROWS = 1_048_576
"""Of one worksheet, its headings included; the next row begins a new worksheet."""


def _forget_the_dead() -> None:
    """Folders of exports whose process was killed in the middle: nobody else knows of them."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):  # somebody else was faster
            if time.time() - folder.stat().st_mtime > _DEAD_AFTER_SECONDS:
                shutil.rmtree(folder)


def _shown(text: str) -> str:
    """XLSX breaks lines with LF alone; a CR would be shown as an escape by some readers."""
    return safe_text(text).replace("\r\n", "\n").replace("\r", "\n")


class XlsxSheet:
    """Numbers and moments keep their type; text is text, never a formula or a link."""

    def __init__(
        self,
        workbook: Any,
        headings: Sequence[str],
        zone: tzinfo,
        *,
        text: Callable[[str], str] = _shown,
        most_rows: int = MOST_ROWS,
    ) -> None:
        self._text = text
        self._workbook = workbook
        self._headings = headings
        self._zone = zone
        self._most_rows = most_rows
        self._moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._begin_worksheet()

    def write(self, row: Sequence[Value]) -> None:
        """Add one row; moments stand in the sheet's zone, which XLSX cannot name."""
        if self._next >= self._most_rows:
            self._begin_worksheet()
        for column, value in enumerate(row):
            self._write_cell(column, value)
        self._next += 1

    def _begin_worksheet(self) -> None:
        self._worksheet = self._workbook.add_worksheet()
        self._next = 0
        for column, heading in enumerate(self._headings):
            self._write_cell(column, heading)
        self._next = 1

    def _write_cell(self, column: int, value: Value) -> None:
        if isinstance(value, str):
            self._worksheet.write_string(self._next, column, self._text(value))
        elif isinstance(value, datetime):
            shown = value.astimezone(self._zone).replace(tzinfo=None)
            self._worksheet.write_datetime(self._next, column, shown, self._moment)
        elif isinstance(value, int | Decimal):
            self._worksheet.write_number(self._next, column, value)


@contextmanager
def xlsx_sheet(
    stream: BinaryIO, headings: Sequence[str], zone: tzinfo, text: Callable[[str], str] = _shown
) -> Iterator[XlsxSheet]:
    """A sheet on `stream`, which stays open and is written when the block ends well."""
    _forget_the_dead()
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as folder:
        workbook = Workbook(stream, {"constant_memory": True, "tmpdir": folder})
        yield XlsxSheet(workbook, headings, zone, text=text)
        workbook.close()

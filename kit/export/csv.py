"""CSV as RFC 4180 has it (CRLF, quotes doubled), UTF-8 with the mark by which Excel knows it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, tzinfo
from typing import BinaryIO

from kit.export.cell import Value, safe_text


class CsvSheet:
    """Text is always quoted: a spreadsheet that splits at semicolons finds no cell inside a cell."""

    def __init__(self, stream: io.TextIOWrapper, zone: tzinfo, text: Callable[[str], str] = safe_text) -> None:
        self._text = text
        self._writer = csv.writer(stream, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        self._zone = zone

    def write(self, row: Sequence[Value]) -> None:
        """Add one row; moments become ``2026-11-20 16:30:00+08:00``."""
        self._writer.writerow([self._shown(value) for value in row])

    def _shown(self, value: Value) -> Value:
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, datetime):
            return value.astimezone(self._zone).isoformat(sep=" ", timespec="seconds")
        return value


@contextmanager
def csv_sheet(
    stream: BinaryIO, headings: Sequence[str], zone: tzinfo, text: Callable[[str], str] = safe_text
) -> Iterator[CsvSheet]:
    """A sheet on `stream`, which stays open."""
    wrapper = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    try:
        sheet = CsvSheet(wrapper, zone, text)
        sheet.write(headings)
        yield sheet
    finally:
        wrapper.detach()  # flushes; without it the wrapper would close the stream

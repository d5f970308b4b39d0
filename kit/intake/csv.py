"""CSV: UTF-8, or GB18030 (GBK) when the header proves it, as Excel in Chinese writes it."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator
from typing import BinaryIO

from kit.domain.words import Words
from kit.intake.record import MOST_CHARACTERS, Reading, Record, Unreadable

_UTF8, _GB18030 = "utf-8-sig", "gb18030"
# All cells of one row together, line breaks inside them included.
_MOST_OF_A_ROW = 2_000_000
_HEADER_BYTES = 65_536


def read_csv(file: BinaryIO, columns: Collection[str]) -> Reading:
    """Bytes that are no text arrive as lone surrogates, so that they can be blamed on their row and column."""
    start, size = file.tell(), max(file.seek(0, io.SEEK_END), 1)
    file.seek(start)
    encoding = _encoding(file.read(_HEADER_BYTES), columns)
    file.seek(start)
    text = io.TextIOWrapper(file, encoding=encoding, errors="surrogateescape", newline="")
    return Reading(_records(text), [], lambda: min(file.tell() / size, 1.0) if not file.closed else 1.0)


def _encoding(beginning: bytes, columns: Collection[str]) -> str:
    """GB18030 only for certain: the header is no UTF-8, and reads as names of `columns` in GB18030."""
    header = beginning.partition(b"\n")[0]
    try:
        header.decode(_UTF8)
    except UnicodeDecodeError:
        names = {name.strip().strip('"') for name in header.decode(_GB18030, "replace").split(",")}
        if len(names & set(columns)) * 2 > len(columns):
            return _GB18030
    return _UTF8


def _records(text: io.TextIOWrapper) -> Iterator[Record]:
    lines, number = _Lines(text), 0
    csv.field_size_limit(MOST_CHARACTERS)
    try:
        for cells in csv.reader(lines, strict=True):
            number += 1
            lines.characters = 0
            yield Record(number, cells)
    except csv.Error as error:
        remedy = Words(
            f"请检查英文双引号是否成对，单元格是否过长（最多 {MOST_CHARACTERS} 字）",
            f"Check that double quotes come in pairs, and no cell has over {MOST_CHARACTERS} characters",
        )
        raise Unreadable(
            Words(f"从这一行起无法读取（{error}）", f"Cannot be read from this row on ({error})"),
            remedy,
            row=number + 1,
        ) from error
    finally:
        # The file belongs to the caller, who may have closed it: the wrapper must not close it on its way out.
        if not text.closed:
            text.detach()


class _Lines:
    """The lines of a text, none of them, and no row of several, longer than memory should hold."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self.characters = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._text.readline(_MOST_OF_A_ROW)
        if not line:
            raise StopIteration
        self.characters += len(line)
        if self.characters >= _MOST_OF_A_ROW:
            raise csv.Error("row too long")
        return line

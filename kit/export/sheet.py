"""What both formats have in common: a sheet is opened over a stream, takes rows, and is closed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import tzinfo
from typing import BinaryIO, Protocol

from kit.export.cell import Value
from kit.export.csv import csv_sheet
from kit.export.xlsx import xlsx_sheet


class Sheet(Protocol):
    """Takes rows of as many values as there are headings."""

    def write(self, row: Sequence[Value]) -> None:
        """Add one row."""


class Opening(Protocol):
    """Begins a sheet on a stream; moments are shown in `zone`, `text` makes texts harmless (`safe_text` by default)."""

    def __call__(
        self, stream: BinaryIO, headings: Sequence[str], zone: tzinfo, text: Callable[[str], str] = ...
    ) -> AbstractContextManager[Sheet]:
        """The sheet; the stream stays open."""


@dataclass(frozen=True)
class Format:
    """A kind of file: ``FORMATS["csv"].open(stream, headings, zone)`` yields a `Sheet`."""

    extension: str
    mimetype: str
    open: Opening


FORMATS = {
    "csv": Format("csv", "text/csv", csv_sheet),
    "xlsx": Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_sheet),
}

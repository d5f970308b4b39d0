"""What memory should not hold: a sheet's rows by product, and its faults, in a temporary SQLite file.

Rows of a product need not be adjacent in the sheet; here they come together, in the order of each product's first row.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from types import TracebackType
from typing import NamedTuple, Self

from backend.catalog.service.importing.fault import Fault
from backend.catalog.service.importing.sheet import Row
from kit.domain.words import Words
from kit.intake.record import FlawedCell

_SCHEMA = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE; PRAGMA cache_size = -8000;
CREATE TABLE line (code TEXT, row INTEGER, cells TEXT);
CREATE TABLE fault (row INTEGER, place TEXT);
CREATE TABLE mark (kind TEXT, text TEXT, row INTEGER, PRIMARY KEY (kind, text)) WITHOUT ROWID;
"""
_ARRANGE = """
CREATE TABLE product (position INTEGER PRIMARY KEY, code TEXT);
INSERT INTO product (code) SELECT code FROM line GROUP BY code ORDER BY MIN(row);
CREATE INDEX line_by_code ON line (code, row);
"""
# A sheet with more faults than anybody reads is wrong as a whole.
_MOST_FAULTS = 20_000
MOST_SKUS = 200
"""Of one product; as many as the API takes."""


class Group(NamedTuple):
    """The rows of one product, at most one more than `MOST_SKUS`; `position` counts products from 1."""

    position: int
    code: str
    rows: list[Row]


class Spill:
    """A context manager: the file is gone when it ends."""

    def __init__(self) -> None:
        # Without a name: SQLite opens a file in TMPDIR and deletes it at once, so that nothing is left of a process
        # that is killed.
        self._db = sqlite3.connect("", isolation_level=None)
        # Such a file stays in memory up to the size of its cache.
        self._db.execute("PRAGMA cache_size = -256")
        self._db.executescript(_SCHEMA)
        self.fault_count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._db.close()

    def keep(self, code: str, row: Row) -> None:
        """Put the row with its product's."""
        flaws = {
            name: [cell.reason.both, cell.remedy.both]
            for name, cell in row.cells.items()
            if isinstance(cell, FlawedCell)
        }
        stored = json.dumps([row.cells, flaws])
        self._db.execute("INSERT INTO line VALUES (?, ?, ?)", (code, row.number, stored))

    def first_row(self, kind: str, text: str, row: int) -> int | None:
        """The row that has shown this text of its kind before; None, and it is remembered, when none has."""
        known = self._db.execute("SELECT row FROM mark WHERE kind = ? AND text = ?", (kind, text)).fetchone()
        if known is not None:
            return int(known[0])
        self._db.execute("INSERT INTO mark VALUES (?, ?, ?)", (kind, text, row))
        return None

    def blame(self, fault: Fault) -> None:
        """All are counted; 20,000 are kept."""
        self.fault_count += 1
        if self.fault_count <= _MOST_FAULTS:
            place = json.dumps(replace(fault, value=fault.value[:200]).as_json())
            self._db.execute("INSERT INTO fault VALUES (?, ?)", (fault.row, place))

    def faults(self, most: int) -> list[Fault]:
        """Those of the first rows."""
        found = self._db.execute("SELECT place FROM fault ORDER BY row, place LIMIT ?", (most,))
        return sorted(Fault.from_json(json.loads(place)) for (place,) in found)

    def arrange(self) -> int:
        """Every row is kept: bring those of a product together. Returns how many products there are."""
        self._db.executescript(_ARRANGE)
        return int(self._db.execute("SELECT COUNT(*) FROM product").fetchone()[0])

    def chunks(self, size: int, *, after: int = 0) -> Iterator[list[Group]]:
        """Products behind the position `after`, `size` at a time."""
        while True:
            found = self._db.execute(
                "SELECT position, code FROM product WHERE position > ? ORDER BY position LIMIT ?", (after, size)
            ).fetchall()
            if not found:
                return
            yield [Group(position, code, self._rows(code)) for position, code in found]
            after = found[-1][0]

    def _rows(self, code: str) -> list[Row]:
        found = self._db.execute(
            "SELECT row, cells FROM line WHERE code = ? ORDER BY row LIMIT ?", (code, MOST_SKUS + 1)
        )
        return [Row(row, _cells(*json.loads(stored))) for row, stored in found]


def _cells(texts: dict[str, str], flaws: dict[str, list[list[str]]]) -> dict[str, str]:
    flawed = {name: FlawedCell.of(texts[name], Words(*why), Words(*remedy)) for name, (why, remedy) in flaws.items()}
    return texts | flawed

"""What both formats have in common: numbered rows of text, cells that are no text, and files that are no sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kit.domain.words import Words

MOST_CHARACTERS = 131_072
"""Of one cell."""


class FlawedCell(str):
    """A cell whose text is not what somebody typed (a formula, a date, …): `reason`, and `remedy`, what to do."""

    __slots__ = ("reason", "remedy")
    reason: Words
    remedy: Words

    @classmethod
    def of(cls, shown: str, reason: Words, remedy: Words) -> FlawedCell:
        """`shown` is what the fault quotes."""
        cell = cls(shown)
        cell.reason, cell.remedy = reason, remedy
        return cell


@dataclass(frozen=True)
class Record:
    """A row with its cells; `number` as the spreadsheet shows it, the first is 1."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class Remark:
    """Something about the file beside its cells, e.g. merged cells; a fault of that row."""

    row: int
    value: str
    reason: Words
    remedy: Words


class Unreadable(Exception):
    """From `row` on nothing can be read: `reason`, and `remedy`, what to do."""

    def __init__(self, reason: Words, remedy: Words, *, row: int = 1) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy
        self.row = row


@dataclass(frozen=True)
class Reading:
    """An opened file: `records` may raise `Unreadable`; `remarks` is complete when they have ended.

    `done` is how much of the file has been read, 0 to 1. `pads`: empty cells at the end of a row may be left out.
    """

    records: Iterator[Record]
    remarks: list[Remark]
    done: Callable[[], float]
    pads: bool = False

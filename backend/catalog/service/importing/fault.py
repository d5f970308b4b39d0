"""What is wrong with a sheet, in the words of whoever has to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kit.domain.error import Invalid
from kit.domain.words import Words

_SHOWN = 40


@dataclass(frozen=True, order=True)
class Fault:
    """`row` as the spreadsheet numbers it (the header is 1); `column` is empty when the whole row or file is meant."""

    row: int
    column: str
    value: str
    reason: Words
    remedy: Words

    def __str__(self) -> str:
        column = f"「{self.column}」" if self.column else ""
        value = f" {_shown(self.value)}" if self.column or self.value else ""
        return f"第 {self.row} 行{column}{value}：{self.reason}。{self.remedy}"

    def as_json(self) -> list[Any]:
        """For `from_json`."""
        return [self.row, self.column, self.value, self.reason.both, self.remedy.both]

    @classmethod
    def from_json(cls, stored: Any) -> Fault:
        """What `as_json` gave."""
        if isinstance(stored, dict):  # of an import that began before reasons had two languages
            reason, remedy = ([stored[name]] * 2 for name in ("reason", "remedy"))
            stored = [stored["row"], stored["column"], stored["value"], reason, remedy]
        row, column, value, reason, remedy = stored
        return cls(row, column, value, Words(*reason), Words(*remedy))


class BadCell(Exception):
    """A cell that cannot be understood: `reason`, and `remedy`, what to do about it."""

    def __init__(self, reason: Words, remedy: Words) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy

    def at(self, row: int, column: str, value: str) -> Fault:
        """The fault it makes in this place."""
        return Fault(row, column, value, self.reason, self.remedy)


class SheetRefused(Invalid):
    """At least one fault: nothing was changed. `faults` has the first ones, in order of rows; `count` is how many."""

    code = "catalog.sheet_refused"
    zh = "表格有 {count} 处错误，未导入任何内容"
    en = "The sheet has {count} faults; nothing was imported"

    def __init__(self, faults: Sequence[Fault], *, count: int) -> None:
        self.faults = faults
        self.count = count
        super().__init__(count=count)


def printable(value: str) -> str:
    """`value` with what cannot be seen written as an escape."""
    text = value.encode("utf-8", "backslashreplace").decode()
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


def _shown(value: str) -> str:
    shown = printable(value)
    return f"“{shown[:_SHOWN]}…”" if len(shown) > _SHOWN else f"“{shown}”"

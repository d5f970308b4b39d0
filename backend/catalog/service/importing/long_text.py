"""Texts longer than a cell of a workbook may be: they go on in further columns, with a mark on both sides of each cut.

CSV is cut the same way, because Excel cuts a longer cell off without a word. The marks make a part that was deleted, or
left over when somebody wrote a new text, a fault of its cell: a text is never believed to be whole when it is not.
"""

from __future__ import annotations

from collections.abc import Sequence

from kit.domain.words import Words
from kit.intake.record import FlawedCell

MARK = "【续】"
# UTF-16 units, as Excel counts its 32,767; the rest is room for two marks and an apostrophe.
ROOM = 32_000


def headings(name: str, parts: int) -> list[str]:
    """``详情``, ``详情(续2)``, ``详情(续3)`` …"""
    return [name, *(f"{name}(续{part})" for part in range(2, parts + 1))]


def split(text: str, parts: int) -> list[str]:
    """`text` as the cells of so many columns, empty ones at the end. Raises ValueError for one that does not fit."""
    cells, before, rest = [], "", text
    while len(rest) > (fits := _fitting(rest)) or rest.endswith(MARK):
        # At least one character is left, and it is no mark: the last cell has none at its end.
        fits = min(fits, len(rest) - 1)
        cells.append(f"{before}{rest[:fits]}{MARK}")
        before, rest = MARK, rest[fits:]
    cells.append(before + rest)
    if len(cells) > parts:
        raise ValueError(f"a text of {len(text)} characters does not fit into {parts} cells")
    return cells + [""] * (parts - len(cells))


def joined(names: Sequence[str], cells: Sequence[str]) -> str:
    """What `split` was given, from the columns a file has; a `FlawedCell` when a part is missing or left over."""
    for cell in cells:
        if isinstance(cell, FlawedCell):
            return cell
    whole = ""
    for name, cell, before in zip(names, cells, ["", *cells[:-1]], strict=True):
        if before.endswith(MARK):
            if not cell.startswith(MARK):
                missing = Words(
                    f"内容不完整：下一部分应在“{name}”列，以 {MARK} 开头",
                    f"Not whole: the next part should stand in the column {name}, beginning with {MARK}",
                )
                return _flawed(cells, missing)
        elif cell and name != names[0]:
            left_over = Words(
                f"“{name}”列还有内容，而前一格没有以 {MARK} 结尾",
                f"The column {name} says something, though the cell before does not end in {MARK}",
            )
            return _flawed(cells, left_over)
        whole += cell.removeprefix(MARK if name != names[0] else "").removesuffix(MARK)
    if cells[-1].endswith(MARK):
        cut_off = Words(
            f"内容不完整：以 {MARK} 结尾，但后面没有下一列", f"Not whole: it ends in {MARK}, and no column goes on"
        )
        return _flawed(cells, cut_off)
    return whole


def _flawed(cells: Sequence[str], reason: Words) -> FlawedCell:
    remedy = Words(
        f"请恢复导出时的各部分；重写内容时请删去 {MARK} 并清空后面的续列",
        f"Put the parts back as they were exported; for a new text delete {MARK} and empty the columns that went on",
    )
    return FlawedCell.of(cells[0], reason, remedy)


def _fitting(text: str) -> int:
    """How many of its characters fit into one cell."""
    if len(text) * 2 <= ROOM:
        return len(text)
    units = 0
    for count, sign in enumerate(text):
        units += 2 if sign > "\uffff" else 1
        if units > ROOM:
            return count
    return len(text)

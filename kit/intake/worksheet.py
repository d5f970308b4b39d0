"""The cells of a worksheet, as its XML passes by."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from xml.parsers import expat

from kit.domain.words import Words
from kit.intake.archive import damaged
from kit.intake.record import FlawedCell, Record, Remark
from kit.intake.strings import SharedStrings
from kit.intake.text import TextOf, local, unescaped

_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_AREA = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):[A-Z]{1,3}[0-9]{1,7}")
_LAST_COLUMN, _LAST_ROW = 16_384, 1_048_576
_MOST_REMARKS = 1000
# Excel keeps 15 digits; what a longer number ended with is lost.
_DIGITS = 15


class Worksheet:
    """Feed `parser`, and take the rows that are complete. Rows without a value are left out."""

    def __init__(self, strings: SharedStrings, dates: frozenset[int]) -> None:
        self.merged: list[Remark] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self._strings = strings
        self._dates = dates
        self._rows: list[Record] = []
        self._row = self._column = 0
        self._cells: dict[int, str] = {}
        self._cell: dict[str, str] = {}
        self._formula = self._in_value = False
        self._text = TextOf("c")

    def take_rows(self) -> Iterator[Record]:
        """The rows since the last call."""
        rows, self._rows = self._rows, []
        return iter(rows)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "row":
            self._begin_row(attributes)
        elif name == "c":
            self._text.start(tag, attributes)
            self._cell, self._formula = attributes, False
            self._place(attributes.get("r"))
        elif name == "f":
            self._formula = True
        elif name == "v":
            self._in_value = True
        elif name == "mergeCell":
            self._remember_merged(attributes.get("ref", ""))
        else:
            self._text.start(tag, attributes)

    def _end(self, tag: str) -> None:
        name = local(tag)
        if name == "c":
            value = self._value(self._text.taken())
            if value:
                self._cells[self._column] = value
        elif name == "v":
            self._in_value = False
        elif name == "row":
            self._end_row()
        else:
            self._text.end(tag)

    def _characters(self, text: str) -> None:
        if self._in_value:
            self._text.add(text)
        else:
            self._text.characters(text)

    def _begin_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", str(self._row + 1))
        if not (number.isascii() and number.isdigit() and len(number) <= 7):
            raise damaged()
        if not self._row < int(number) <= _LAST_ROW:
            raise damaged()
        self._row, self._column, self._cells = int(number), 0, {}

    def _end_row(self) -> None:
        if self._cells:
            width = max(self._cells)
            self._rows.append(Record(self._row, [self._cells.get(column, "") for column in range(1, width + 1)]))

    def _place(self, reference: str | None) -> None:
        if reference is None:
            self._column += 1
        else:
            found = _PLACE.fullmatch(reference)
            if found is None:
                raise damaged()
            self._column = _column(found[1])
        if not 0 < self._column <= _LAST_COLUMN:
            raise damaged()

    def _remember_merged(self, area: str) -> None:
        found = _AREA.fullmatch(area)
        if found is not None and len(self.merged) < _MOST_REMARKS:
            remark = Remark(
                int(found[2]),
                area,
                Words("这里有合并单元格", "Cells are merged here"),
                Words("请取消合并，并在每一行填写内容", "Unmerge them, and fill in every row"),
            )
            self.merged.append(remark)

    def _value(self, text: str) -> str:
        if self._formula:
            return FlawedCell.of(
                text or "=",
                Words("是公式", "A formula"),
                Words("请复制后“选择性粘贴 → 数值”", "Copy it, and paste it as a value"),
            )
        if not text:
            return ""
        kind = self._cell.get("t", "n")
        if kind == "s":
            return self._strings[int(text)] if text.isascii() and text.isdigit() else _broken()
        if kind == "d" or (kind == "n" and self._style() in self._dates):
            return FlawedCell.of(
                text,
                Words("被 Excel 当成了日期或时间", "Excel took it for a date or a time"),
                Words("请把单元格格式改为“文本”后重新填写", "Format the cell as text, and fill it in again"),
            )
        return _READ.get(kind, _number)(text)

    def _style(self) -> int:
        style = self._cell.get("s", "0")
        return int(style) if style.isascii() and style.isdigit() else 0


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _number(text: str) -> str:
    """``19.899999999999999`` → ``19.9``, as Excel shows it."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return _broken()
    if not value.is_finite() or not -400 < value.adjusted() < 400:
        return _broken()
    if abs(value) >= 10**_DIGITS:
        reason = Words(
            f"是超过 {_DIGITS} 位的数字，Excel 会丢失末尾几位",
            f"A number of more than {_DIGITS} digits: Excel loses the last ones",
        )
        return FlawedCell.of(
            text, reason, Words("请把单元格格式改为“文本”后重新填写", "Format the cell as text, and fill it in again")
        )
    rounded = Decimal(f"{value:.{_DIGITS - 1}e}").normalize()
    return f"{rounded:f}"


def _broken() -> str:
    raise damaged()


def _error(text: str) -> str:
    return FlawedCell.of(text, Words("是错误值", "An error value"), Words("请改正或清空", "Correct it, or clear it"))


_READ: dict[str, Callable[[str], str]] = {
    "inlineStr": unescaped,
    "str": unescaped,
    "e": _error,
    "b": lambda text: "TRUE" if text == "1" else "FALSE",
}

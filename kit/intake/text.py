"""Text inside the XML of a workbook."""

from __future__ import annotations

import re

from kit.domain.words import Words
from kit.intake.record import MOST_CHARACTERS, Unreadable

# Characters XML cannot hold, and the underscore that would look like one of them (ECMA-376, ST_Xstring).
_ESCAPED = re.compile(r"_x(00[01][0-9A-Fa-f]|005[Ff]|00[7-9][0-9A-Fa-f])_")


def local(tag: str) -> str:
    """The name without its namespace."""
    return tag.rpartition(" ")[2]


def unescaped(text: str) -> str:
    """``_x000D_`` → CR."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


class TextOf:
    """Collects what stands in the `t` of an element, runs of rich text one after the other, without their readings."""

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._parts: list[str] = []
        self._length = self._phonetic = 0
        self._in_text = False

    def start(self, tag: str, _: dict[str, str]) -> None:
        """An element begins."""
        name = local(tag)
        if name == self._owner:
            self._parts, self._length = [], 0
        elif name == "rPh":
            self._phonetic += 1
        elif name == "t":
            self._in_text = not self._phonetic

    def end(self, tag: str) -> None:
        """An element ends."""
        name = local(tag)
        if name == "rPh":
            self._phonetic -= 1
        elif name == "t":
            self._in_text = False

    def characters(self, text: str) -> None:
        """Raises `Unreadable` for a cell without end."""
        if self._in_text:
            self.add(text)

    def add(self, text: str) -> None:
        """Take it, wherever it stands."""
        self._length += len(text)
        if self._length > MOST_CHARACTERS:
            raise Unreadable(
                Words(f"有单元格超过 {MOST_CHARACTERS} 个字", f"A cell has more than {MOST_CHARACTERS} characters"),
                Words("请缩短内容", "Shorten it"),
            )
        self._parts.append(text)

    def taken(self) -> str:
        """Everything collected; it begins anew."""
        text = "".join(self._parts)
        self._parts, self._length = [], 0
        return text

"""The texts of a workbook, which its cells refer to by number: in a temporary file, because there may be a million."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from xml.parsers import expat

from kit.intake.archive import Archive, damaged
from kit.intake.text import TextOf, local, unescaped

_OFFSET = 8
# Of the longest texts there are, 256 still fit into memory.
_CACHED = 256


class SharedStrings:
    """``strings[7]``; close it when done. Two flat files: the texts, and where each begins."""

    def __init__(self) -> None:
        self._texts = tempfile.TemporaryFile(prefix="qiyuan-texts-")  # noqa: SIM115 - closed by `close`
        self._offsets = tempfile.TemporaryFile(prefix="qiyuan-offsets-")  # noqa: SIM115
        self._count = self._end = 0
        self._cached = lru_cache(_CACHED)(self._read)

    def load(self, archive: Archive, name: str) -> None:
        """Take the texts of the part `name`."""
        parser = expat.ParserCreate(namespace_separator=" ")
        text = TextOf("si")
        parser.StartElementHandler = text.start
        parser.CharacterDataHandler = text.characters

        def end(tag: str) -> None:
            text.end(tag)
            if local(tag) == "si":
                self._append(unescaped(text.taken()))

        parser.EndElementHandler = end
        archive.parse(name, parser)
        self._offsets.write(self._end.to_bytes(_OFFSET, "little"))

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < self._count:
            raise damaged()
        return self._cached(number)

    def close(self) -> None:
        """Delete the files."""
        self._texts.close()
        self._offsets.close()

    def _append(self, text: str) -> None:
        content = text.encode("utf-8", "surrogatepass")
        self._offsets.write(self._end.to_bytes(_OFFSET, "little"))
        self._texts.write(content)
        self._end += len(content)
        self._count += 1

    def _read(self, number: int) -> str:
        self._offsets.seek(number * _OFFSET)
        both = self._offsets.read(2 * _OFFSET)
        begin, end = int.from_bytes(both[:_OFFSET], "little"), int.from_bytes(both[_OFFSET:], "little")
        self._texts.seek(begin)
        return self._texts.read(end - begin).decode("utf-8", "surrogatepass")

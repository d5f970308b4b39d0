"""Boxes of ISO base media files (ISO/IEC 14496-12): four bytes length, four bytes type, content; boxes inside boxes.

Our own reader, because libraries that need no binary either stop at tags (mutagen, tinytag) or build a tree of the
whole file in memory (pymp4): what is wanted is a strict walk over headers that an attacker wrote.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

MOST_BOXES = 2000
_LONG = 1  # the length follows as eight bytes


class BadBox(ValueError):
    """A length that does not fit, or more boxes than any camera writes."""


@dataclass(frozen=True)
class Box:
    """`start` and `end` are positions in the file; `content` is where the header ends."""

    kind: str
    start: int
    content: int
    end: int

    @property
    def size(self) -> int:
        """Bytes of its content."""
        return self.end - self.content


class BoxReader:
    """Walks the boxes of one file; counts them, so that a file of a million empty ones is refused early."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.length = stream.seek(0, io.SEEK_END)
        self._left = MOST_BOXES

    def boxes(self, start: int = 0, end: int | None = None) -> Iterator[Box]:
        """Those between two positions, which they must fill exactly. Raises `BadBox`."""
        position, end = start, self.length if end is None else end
        while position < end:
            box = self._box(position, end)
            yield box
            position = box.end

    def inside(self, box: Box, *, skip: int = 0) -> Iterator[Box]:
        """The boxes in `box`, behind `skip` bytes of its own."""
        return self.boxes(box.content + skip, box.end)

    def read(self, box: Box, size: int) -> bytes:
        """The first `size` bytes of its content. Raises `BadBox` when it has fewer."""
        if box.size < size:
            raise BadBox(f"{box.kind} is too short")
        self.stream.seek(box.content)
        return self.stream.read(size)

    def _box(self, position: int, end: int) -> Box:
        self._left -= 1
        if self._left < 0:
            raise BadBox("too many boxes")
        if end - position < 8:
            raise BadBox("bytes that belong to no box")
        self.stream.seek(position)
        length, kind = struct.unpack(">I4s", self.stream.read(8))
        content = position + 8
        if length == _LONG:
            if end - position < 16:
                raise BadBox("a box is cut off")
            (length,) = struct.unpack(">Q", self.stream.read(8))
            content += 8
        elif length == 0:
            length = end - position  # up to the end
        if not content - position <= length <= end - position:
            raise BadBox("a box is longer than what holds it")
        return Box(kind.decode("latin-1"), position, content, position + length)

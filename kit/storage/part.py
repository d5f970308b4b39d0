"""The next so many bytes of a stream, as a stream."""

from __future__ import annotations

import io
from typing import Any, BinaryIO


class Part(io.RawIOBase):
    """At most `length` bytes of `stream` from where it stands; closing it closes the stream."""

    def __init__(self, stream: BinaryIO, length: int) -> None:
        self._stream = stream
        self._left = length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        content = self._stream.read(min(len(buffer), self._left))
        self._left -= len(content)
        buffer[: len(content)] = content
        return len(content)

    def close(self) -> None:
        self._stream.close()
        super().close()

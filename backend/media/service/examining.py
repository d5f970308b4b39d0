"""What did somebody send? Decided by the bytes alone, and in bounded memory."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from backend.media.domain import picture, video
from backend.media.domain.error import MediaBusy, MediaEmpty, MediaTooLarge, MediaUnsupported
from backend.media.domain.facts import Bounds, Facts
from backend.media.domain.video import Blank

_HEAD = 16
# Pictures that one process reads at once: memory and processors are for customers too.
_AT_ONCE = 2
_PATIENCE_SECONDS = 10.0


@dataclass(frozen=True)
class Examined:
    """What is to be stored: `stream` from its start, but for the `blanks`."""

    facts: Facts
    stream: BinaryIO
    blanks: tuple[Blank, ...] = ()


class Examining:
    """Raises what `backend.media.domain.error` has for uploads, and changes nothing."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self._reading = threading.BoundedSemaphore(_AT_ONCE)

    def examine(self, stream: BinaryIO) -> Examined:
        """`stream` can be sought in; it is read, never kept in memory as a whole unless it is a picture."""
        size = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        head = stream.read(_HEAD)
        stream.seek(0)
        if not head:
            raise MediaEmpty
        if picture.looks_like_picture(head):
            return self._picture(stream, size)
        if video.looks_like_video(head):
            return self._video(stream, size)
        raise MediaUnsupported

    def _picture(self, stream: BinaryIO, size: int) -> Examined:
        if size > self.bounds.image_bytes:
            raise MediaTooLarge(maximum=self.bounds.image_bytes)
        with self._slot():
            facts, content = picture.re_encoded(stream, most_pixels=self.bounds.image_pixels)
        return Examined(facts, io.BytesIO(content))

    def _video(self, stream: BinaryIO, size: int) -> Examined:
        if size > self.bounds.video_bytes:
            raise MediaTooLarge(maximum=self.bounds.video_bytes)
        facts, blanks = video.examined(stream, most_seconds=self.bounds.video_seconds)
        stream.seek(0)
        return Examined(facts, stream, blanks)

    @contextmanager
    def _slot(self) -> Iterator[None]:
        if not self._reading.acquire(timeout=_PATIENCE_SECONDS):
            raise MediaBusy
        try:
            yield
        finally:
            self._reading.release()

"""Bytes go from an upload into the storage, a piece at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import BinaryIO

from backend.media.domain.video import Blank

_PIECE = 1024 * 1024


def copied(source: BinaryIO, target: BinaryIO, blanks: tuple[Blank, ...]) -> str:
    """Copy, and return the SHA-256 of what was written."""
    digest = hashlib.sha256()
    for piece in _pieces(source, blanks):
        digest.update(piece)
        target.write(piece)
    return digest.hexdigest()


def _pieces(source: BinaryIO, blanks: tuple[Blank, ...]) -> Iterator[bytes]:
    position = 0
    while piece := source.read(_PIECE):
        covered = bytearray(piece)
        for blank in blanks:
            _cover(covered, position, blank.kind_at, b"free")
            _wipe(covered, position, blank.content, blank.end)
        yield bytes(covered)
        position += len(piece)


def _cover(piece: bytearray, position: int, at: int, word: bytes) -> None:
    """Write `word` at `at` of the whole, as far as it lies in this piece."""
    for offset, byte in enumerate(word, start=at - position):
        if 0 <= offset < len(piece):
            piece[offset] = byte


def _wipe(piece: bytearray, position: int, start: int, end: int) -> None:
    first, last = max(start - position, 0), min(end - position, len(piece))
    if first < last:
        piece[first:last] = bytes(last - first)

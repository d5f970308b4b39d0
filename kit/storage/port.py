"""What the shop needs of a place for files: a local disk or an object store, behind the same verbs.

Each user of it has an area of its own ("jobs", "media"): nobody sees, or sweeps, the files of another.
"""

from __future__ import annotations

import re
import secrets
from contextlib import AbstractContextManager
from datetime import datetime
from typing import BinaryIO, Protocol

from kit.domain.error import Unavailable

_KEY = re.compile(r"[0-9a-f]{32}\.[a-z0-9]{1,8}")
_AREA = re.compile(r"[a-z]{3,20}")


class NotStored(LookupError):
    """There is no file under this key (any more), or it is no key."""


class StorageUnavailable(Unavailable):
    """The place for files does not answer, or refuses; the log says why."""

    code = "kit.storage_unavailable"
    zh = "文件存储暂时不可用，请稍后再试"
    en = "The file storage does not answer at the moment; try again later"


class Storage(Protocol):
    """Keys are made by `new_key`; anything else is `NotStored`, whatever path it may look like.

    Every method of an adapter that speaks to a server raises `StorageUnavailable` when that fails, in bounded time.
    """

    def writing(self, key: str) -> AbstractContextManager[BinaryIO]:
        """A stream; the file exists, whole, once the block has ended without an error, in place of an older one."""

    def reading(self, key: str, *, start: int = 0, length: int | None = None) -> BinaryIO:
        """The file, or `length` bytes of it, from byte `start`, to be closed by the caller. Raises `NotStored`."""

    def size(self, key: str) -> int:
        """How many bytes the file has. Raises `NotStored`."""

    def delete(self, key: str) -> None:
        """Forget the file; nothing happens when there is none."""

    def sweep(self, *, older_than: datetime) -> int:
        """Delete every file of this area last written before that moment, unfinished ones too; returns how many."""

    def sweep_unfinished(self, *, older_than: datetime) -> int:
        """Delete what a writer that died has left of files that never came to be; returns how many."""


def new_key(extension: str) -> str:
    """A key nobody can guess: 128 random bits and `extension` (lower-case letters and digits, no dot)."""
    return checked_key(f"{secrets.token_hex(16)}.{extension}")


def checked_key(key: str) -> str:
    """`key` itself. Raises `NotStored` for what `new_key` cannot have made: separators, dots, NUL, upper case."""
    if not is_key(key):
        raise NotStored("not a storage key")
    return key


def is_key(text: str) -> bool:
    """True for what `new_key` may have made."""
    return _KEY.fullmatch(text) is not None


def checked_area(area: str) -> str:
    """`area` itself: 3 to 20 lower-case letters, so that no area lies inside another or looks like a part of a key."""
    if not _AREA.fullmatch(area):
        raise ValueError(f"{area!r} is no name of an area")
    return area

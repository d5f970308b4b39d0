"""What the shop needs of a place for files: a local disk today, an object store behind the same verbs later."""

from __future__ import annotations

import re
import secrets
from contextlib import AbstractContextManager
from datetime import datetime
from typing import BinaryIO, Protocol

_KEY = re.compile(r"[0-9a-f]{32}\.[a-z0-9]{1,8}")


class NotStored(LookupError):
    """There is no file under this key (any more), or it is no key."""


class Storage(Protocol):
    """Keys are made by `new_key`; anything else is `NotStored`, whatever path it may look like."""

    def writing(self, key: str) -> AbstractContextManager[BinaryIO]:
        """A stream; the file exists, whole, once the block has ended without an error, in place of an older one."""

    def reading(self, key: str) -> BinaryIO:
        """The file from its start, to be closed by the caller. Raises `NotStored`."""

    def delete(self, key: str) -> None:
        """Forget the file; nothing happens when there is none."""

    def sweep(self, *, older_than: datetime) -> int:
        """Delete every file last written before that moment, unfinished ones too; returns how many."""


def new_key(extension: str) -> str:
    """A key nobody can guess: 128 random bits and `extension` (lower-case letters and digits, no dot)."""
    return checked_key(f"{secrets.token_hex(16)}.{extension}")


def checked_key(key: str) -> str:
    """`key` itself. Raises `NotStored` for what `new_key` cannot have made: separators, dots, NUL, upper case."""
    if not _KEY.fullmatch(key):
        raise NotStored("not a storage key")
    return key

"""Files on a local disk, or on a volume that web and worker share."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from kit.storage.part import Part
from kit.storage.port import NotStored, checked_key

_UNFINISHED = ".part"


class DiskStorage:
    """One file per key below `folder`, readable by this user alone. The folder is made with the first file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def writing(self, key: str) -> Iterator[BinaryIO]:
        target = self._path(key)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(suffix=_UNFINISHED, dir=target.parent)
        unfinished = Path(name)
        try:
            with os.fdopen(descriptor, "w+b") as stream:
                yield cast(BinaryIO, stream)
                stream.flush()
                # A name must never point at a file whose content a power cut has taken.
                os.fsync(stream.fileno())
            unfinished.replace(target)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise

    def reading(self, key: str, *, start: int = 0, length: int | None = None) -> BinaryIO:
        try:
            stream = self._path(key).open("rb")
        except FileNotFoundError:
            raise NotStored(key) from None
        stream.seek(start)
        return stream if length is None else cast(BinaryIO, Part(stream, length))

    def size(self, key: str) -> int:
        try:
            return self._path(key).stat().st_size
        except FileNotFoundError:
            raise NotStored(key) from None

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def sweep(self, *, older_than: datetime) -> int:
        return self._sweep("*.*", older_than)

    def sweep_unfinished(self, *, older_than: datetime) -> int:
        return self._sweep(f"*{_UNFINISHED}", older_than)

    def _sweep(self, names: str, older_than: datetime) -> int:
        limit, swept = older_than.timestamp(), 0
        # Two levels, nothing deeper: what else lies in the folder is not ours.
        for path in self.folder.glob(f"[0-9a-f][0-9a-f]/{names}"):
            try:
                if path.lstat().st_mtime < limit:
                    path.unlink()
                    swept += 1
            except FileNotFoundError:
                continue  # another sweep was faster
        return swept

    def problem(self) -> str | None:
        """Why no file could be written here, for whoever runs the shop; None when one could. Writes nothing."""
        folder = self.folder.absolute()
        try:
            there = next(path for path in (folder, *folder.parents) if path.exists())
        except PermissionError as error:
            return f"cannot be reached: {error.filename} is closed to this user"
        if not there.is_dir():
            return f"cannot be a folder: {there} is a file"
        if not os.access(there, os.W_OK | os.X_OK):
            return f"cannot be written: {there} belongs to somebody else, or is read-only"
        return None

    def _path(self, key: str) -> Path:
        return self.folder / checked_key(key)[:2] / key

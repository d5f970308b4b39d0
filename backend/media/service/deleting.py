"""Files go: at staff's word, or unused for long. Two steps: from the first on nobody can use it, then the bytes go."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from backend.media.domain.error import MediaInUse, MediaNotFound
from backend.media.domain.file import MediaState
from backend.media.domain.form import VARIANTS, variant_key
from backend.media.repository.media import MediaRepository
from backend.media.service.shrinking import Shrinking
from kit.db.error import RunAgain
from kit.service.batches import SIZE, until_done
from kit.service.transaction import assert_no_transaction, end_reading, in_transaction, transactional
from kit.storage.port import Storage

# Whoever died between the steps is followed by the sweep.
_AGAIN_AFTER = timedelta(minutes=10)
_MOST_AT_ONCE = 500
_NO_UPLOAD_TAKES = timedelta(days=1)


class Deleting:
    """Storage and rows never disagree in the dangerous direction: a row outlives its bytes, never the reverse."""

    def __init__(self, files: MediaRepository, storage: Storage, shrinking: Shrinking, *, keep: timedelta) -> None:
        self.files = files
        self.storage = storage
        self.shrinking = shrinking
        self.keep = keep

    def delete(self, file_id: int, *, now: datetime) -> None:
        """Raises `MediaNotFound`, `MediaInUse` naming the users, `StorageUnavailable` (the sweep goes on then)."""
        self._doom(file_id, now)
        self._erase(file_id)

    def sweep(self, *, now: datetime) -> int:
        """Delete what nobody has used for long, and what is left of uploads that died; returns how many are gone."""
        until_done(lambda: self.files.note_unused(now=now, limit=SIZE))
        ids = self.files.unused_since(now - self.keep, limit=_MOST_AT_ONCE)
        end_reading()
        swept = 0
        for file_id in ids:
            if self._doom_unused(file_id, now):
                self._erase(file_id)
                swept += 1
        return swept + self.storage.sweep_unfinished(older_than=now - _NO_UPLOAD_TAKES)

    def look_after(self, *, file_id: int, now: datetime) -> None:
        """A file somebody forgot: an upload whose process died, missing variants, a deletion half done."""
        file = self._look(file_id)
        if file is None:
            return
        if file.state is MediaState.READY:
            self.shrinking.make(file_id=file_id)
            return
        if file.state is MediaState.STORING and not in_transaction(
            lambda: self.files.doom(file_id, MediaState.STORING, due_at=now + _AGAIN_AFTER)
        ):
            return
        self._erase(file_id)

    @transactional
    def _doom(self, file_id: int, now: datetime) -> None:
        file = self.files.look(file_id)
        if file is None or file.state is not MediaState.READY:
            raise MediaNotFound
        if not self.files.doom(file_id, MediaState.READY, due_at=now + _AGAIN_AFTER):
            users = self.files.users_of(file_id)
            if not users:
                # Somebody else deletes it, or has just stopped using it: the next run knows.
                raise RunAgain
            raise MediaInUse(users=", ".join(users), errors={"users": users})

    @transactional
    def _doom_unused(self, file_id: int, now: datetime) -> bool:
        return self.files.doom(file_id, MediaState.READY, due_at=now + _AGAIN_AFTER)

    def _erase(self, file_id: int) -> None:
        file = self._look(file_id)
        if file is None or file.state is not MediaState.DELETING:
            return
        assert_no_transaction()
        for name in VARIANTS:
            self.storage.delete(variant_key(file.key, name))
        self.storage.delete(file.key)
        in_transaction(lambda: self.files.forget(file_id))

    def _look(self, file_id: int) -> Row[Any] | None:
        file = self.files.look(file_id)
        end_reading()
        return file

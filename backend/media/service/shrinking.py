"""Variants: the picture in smaller sizes, made by a worker. Until they are there the picture itself is served."""

from __future__ import annotations

from datetime import datetime, timedelta

from loguru import logger

from backend.media.domain.file import MediaKind, MediaState
from backend.media.domain.form import FORMS, VARIANTS, variant_key
from backend.media.domain.picture import variants_of
from backend.media.repository.media import MediaRepository
from kit.event.outbox import enqueue
from kit.service.transaction import assert_no_transaction, end_reading, in_transaction, transactional
from kit.storage.port import NotStored, Storage

# A worker that has not brought them by then died, or its message was lost with a broker in memory.
_AGAIN_AFTER = timedelta(hours=1)
_AT_ONCE = 20


class Shrinking:
    """Told twice, or by two workers at once, it writes the same bytes under the same names."""

    def __init__(self, files: MediaRepository, storage: Storage) -> None:
        self.files = files
        self.storage = storage

    def make(self, *, file_id: int) -> bool:
        """False when there is nothing to do (any more). Raises `StorageUnavailable`: the task is tried again."""
        key = self._waiting(file_id)
        if key is None:
            return False
        assert_no_transaction()
        try:
            with self.storage.reading(key) as stream:
                content = stream.read()
        except NotStored:
            logger.warning("{} is gone: no variants", key)
            return False
        form = FORMS[key.rpartition(".")[2]]
        for name, smaller in variants_of(content, form, VARIANTS):
            with self.storage.writing(variant_key(key, name)) as target:
                target.write(smaller)
        if in_transaction(lambda: self.files.has_variants(file_id, sorted(VARIANTS))):
            return True
        # Deleted meanwhile, perhaps before these were written.
        for name in VARIANTS:
            self.storage.delete(variant_key(key, name))
        return False

    @transactional
    def resume(self, *, now: datetime) -> int:
        """Ask again for variants that were forgotten; returns how many files were looked after."""
        ids = self.files.claim_due(now=now, lease=_AGAIN_AFTER, limit=_AT_ONCE)
        for file_id in ids:
            enqueue("media.look_after", file_id=file_id)
        return len(ids)

    def _waiting(self, file_id: int) -> str | None:
        file = self.files.look(file_id)
        end_reading()
        if file is None or file.kind is not MediaKind.IMAGE or file.state is not MediaState.READY or file.variants:
            return None
        return str(file.key)

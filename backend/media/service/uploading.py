"""Staff upload a file: examine, commit the intent, store, commit the outcome."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import BinaryIO

from loguru import logger

from backend.media.domain.error import UploadLost
from backend.media.domain.facts import Facts
from backend.media.domain.file import MediaFile, MediaKind
from backend.media.repository.media import MediaRepository
from backend.media.service.copying import copied
from backend.media.service.examining import Examining
from kit.event.outbox import enqueue
from kit.export.filename import safe_filename
from kit.service.transaction import assert_no_transaction, end_reading, transactional
from kit.storage.port import Storage, StorageUnavailable, new_key

PATIENCE = timedelta(hours=1)
"""An upload that has not ended by then never will: its process died."""
VARIANTS_PATIENCE = timedelta(minutes=5)
_FOLDERS = re.compile(r"[\\/]")


class Uploading:
    """No transaction is open while bytes are read, decoded or stored."""

    def __init__(self, files: MediaRepository, storage: Storage, examining: Examining) -> None:
        self.files = files
        self.storage = storage
        self.examining = examining

    def upload(self, stream: BinaryIO, *, filename: str, uploaded_by: str, now: datetime) -> int:
        """The id of the stored file. Raises as `Examining` does, `StorageUnavailable`, `UploadLost`."""
        end_reading()
        found = self.examining.examine(stream)
        file_id, key = self._announce(found.facts, filename, uploaded_by, now)
        assert_no_transaction()
        with self.storage.writing(key) as target:
            sha256 = copied(found.stream, target, found.blanks)
        try:
            self._finish(file_id, found.facts.form.kind, sha256, now)
        except UploadLost:
            self._take_back(key)
            raise
        return file_id

    @transactional
    def _announce(self, facts: Facts, filename: str, uploaded_by: str, now: datetime) -> tuple[int, str]:
        key = new_key(facts.form.extension)
        file = MediaFile(
            key=key,
            kind=facts.form.kind,
            mimetype=facts.form.mimetype,
            bytes=facts.bytes,
            width=facts.width,
            height=facts.height,
            duration_ms=facts.duration_ms,
            # Only its last part: a browser sends no folders, whoever does is up to something.
            filename=safe_filename(_FOLDERS.split(filename)[-1]),
            uploaded_by=uploaded_by,
            unused_since=now,
            due_at=now + PATIENCE,
            created_at=now,
        )
        self.files.add(file)
        return file.id, key

    @transactional
    def _finish(self, file_id: int, kind: MediaKind, sha256: str, now: datetime) -> None:
        waits = kind is MediaKind.IMAGE
        if not self.files.stored(file_id, sha256=sha256, due_at=now + VARIANTS_PATIENCE if waits else None):
            raise UploadLost
        if waits:
            enqueue("media.make_variants", file_id=file_id)

    def _take_back(self, key: str) -> None:
        try:
            self.storage.delete(key)
        except StorageUnavailable:
            logger.error("{} stays in the storage without a row", key)

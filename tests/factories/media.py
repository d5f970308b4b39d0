"""Uploaded files over a folder of the test's own."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from backend.media.domain.file import MediaFile
from backend.media.domain.use import MediaUse
from backend.media.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.storage.disk import DiskStorage
from tests.factories.media_files import picture
from tests.support.fresh import fresh_session

STAFF = "staff:7"


def storage() -> DiskStorage:
    """Where the running application keeps media."""
    found = services().storage
    assert isinstance(found, DiskStorage)
    return found


def files() -> list[Path]:
    """Everything stored, unfinished files too."""
    return [path for path in storage().folder.rglob("*") if path.is_file()]


def upload(content: bytes | None = None, *, filename: str = "apple.jpg", now: datetime | None = None) -> Any:
    """A ready file; its row."""
    stream = io.BytesIO(picture() if content is None else content)
    file_id = services().uploading.upload(stream, filename=filename, uploaded_by=STAFF, now=now or utc_now())
    return row_of(file_id)


def row_of(file_id: int) -> Any:
    """The file as it is in the database, or None."""
    fresh_session()
    return db.session.execute(select(*MediaFile.__table__.columns).where(MediaFile.id == file_id)).first()


def count_rows() -> int:
    """Files in the database, in whatever state."""
    fresh_session()
    return db.session.scalar(select(func.count()).select_from(MediaFile)) or 0


def uses_of(user: str) -> set[str]:
    """The keys that `user` uses."""
    fresh_session()
    query = select(MediaFile.key).join(MediaUse, MediaUse.file_id == MediaFile.id).where(MediaUse.user == user)
    return set(db.session.scalars(query))


def counted_right() -> bool:
    """Every counter of uses is the number of its rows."""
    fresh_session()
    counted = select(func.count()).where(MediaUse.file_id == MediaFile.id).scalar_subquery()
    return db.session.scalars(select(MediaFile.id).where(MediaFile.uses != counted)).first() is None

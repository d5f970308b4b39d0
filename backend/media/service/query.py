"""Reads for staff, straight from SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import scoped_session

from backend.media.domain.error import MediaNotFound
from backend.media.domain.file import MediaFile, MediaKind, MediaState
from backend.media.domain.use import MediaUse
from backend.media.repository.media import MOST_NAMED
from kit.db.extension import db
from kit.repository.page import Keyset, Page, PageRequest, fetch_page

_NEWEST = Keyset((MediaFile.id.expression,), ("id",))


class MediaQuery:
    """Files that are ready; those on their way in or out are nobody's business."""

    def __init__(self, session: scoped_session[Any] | None = None) -> None:
        self.session: scoped_session[Any] = session or db.session

    def files(self, page: PageRequest, *, kind: MediaKind | None = None, unused: bool | None = None) -> Page[Row[Any]]:
        """Newest first. `unused` True: those that nobody uses; False: the others."""
        query = select(*MediaFile.__table__.columns).where(MediaFile.state == MediaState.READY)
        if kind is not None:
            query = query.where(MediaFile.kind == kind)
        if unused is not None:
            query = query.where(MediaFile.uses == 0 if unused else MediaFile.uses > 0)
        return fetch_page(self.session, query, _NEWEST, page)

    def file(self, file_id: int) -> dict[str, Any]:
        """One file with who uses it. Raises `MediaNotFound`."""
        query = select(*MediaFile.__table__.columns).where(MediaFile.id == file_id, MediaFile.state == MediaState.READY)
        found = self.session.execute(query).mappings().first()
        if found is None:
            raise MediaNotFound
        users = select(MediaUse.user).where(MediaUse.file_id == file_id).order_by(MediaUse.user).limit(MOST_NAMED)
        return dict(found) | {"users": list(self.session.scalars(users))}

"""Notices to staff."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from backend.notification.domain.error import NoticeNotFound
from backend.notification.domain.notice import Notice, NoticeKind
from backend.notification.repository.trying import TryingRepository
from kit.db.changed import changed


class NoticeRepository(TryingRepository[Notice]):
    """One for each occasion and recipient."""

    entity = Notice

    def told(self, reference: str, kind: NoticeKind) -> set[int]:
        """The staff who were told this of it."""
        query = select(Notice.staff_id).where(Notice.reference == reference, Notice.kind == kind)
        return set(self.session.scalars(query))

    def read(self, notice_id: int, *, staff_id: int, at: datetime) -> None:
        """One's own notice was read; a second time changes nothing. Raises `NoticeNotFound`, for others' too."""
        mine = (Notice.id == notice_id, Notice.staff_id == staff_id)
        # Not by the entity: its version belongs to whoever is sending the mail at this moment.
        done = changed(self.session, update(Notice).where(*mine, Notice.read_at.is_(None)).values(read_at=at))
        if not done and self.session.scalar(select(Notice.id).where(*mine)) is None:
            raise NoticeNotFound

    def read_all(self, *, staff_id: int, at: datetime) -> int:
        """All of one's own; returns how many were unread."""
        unread = update(Notice).where(Notice.staff_id == staff_id, Notice.read_at.is_(None))
        return changed(self.session, unread.values(read_at=at))

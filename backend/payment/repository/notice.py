"""Stored callbacks."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from backend.payment.domain.notice import StoredNotice
from backend.payment.domain.port import ChannelNotice
from kit.db.error import is_duplicate
from kit.domain.identity import new_id
from kit.repository.base import Repository
from kit.repository.claim import claim_due

CLAIM = timedelta(seconds=30)


class NoticeRepository(Repository[StoredNotice]):
    """The callback inbox."""

    entity = StoredNotice

    def store(self, notice: ChannelNotice, *, at: datetime) -> bool:
        """Keep the notice; False when this id is here already."""
        row = {
            "id": new_id(),
            "notice_id": notice.notice_id,
            "event_type": notice.event_type,
            "resource": notice.resource,
            "received_at": at,
            "due_at": at,
            "tries": 0,
        }
        with self.session.begin_nested():
            try:
                self.session.execute(insert(StoredNotice).values(row))
            except IntegrityError as error:
                if is_duplicate(error):
                    return False
                raise
        return True

    def delete_applied(self, *, before: datetime, limit: int) -> int:
        """Delete up to `limit` notices applied before then; returns how many."""
        old = select(StoredNotice.id).where(StoredNotice.applied_at < before).order_by(StoredNotice.applied_at)
        ids = list(self.session.scalars(old.limit(limit)))
        if ids:
            self.session.execute(delete(StoredNotice).where(StoredNotice.id.in_(ids)))
        return len(ids)

    def claim_due(self, *, now: datetime, limit: int) -> list[int]:
        """Ids to apply, oldest first, each given to one caller for `CLAIM`."""
        return claim_due(
            self.session,
            StoredNotice,
            StoredNotice.due_at,
            now=now,
            lease=CLAIM,
            limit=limit,
            where=[StoredNotice.applied_at.is_(None)],
            also_set={"tries": StoredNotice.tries + 1},
        )

"""Files and who uses them. Every change of state is one conditional UPDATE: it says whether it was in time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from backend.media.domain.file import MediaFile, MediaState
from backend.media.domain.use import MediaUse
from kit.db.changed import changed
from kit.db.error import RunAgain, duplicate_is
from kit.domain.identity import new_id
from kit.repository.base import Repository
from kit.repository.claim import claim_due

MOST_NAMED = 20
"""A placeholder may be used by thousands of products."""


class MediaRepository(Repository[MediaFile]):
    """A file is taken into use, or into deletion, by the same column values: of two at once, one waits and loses."""

    entity = MediaFile

    def look(self, file_id: int) -> Row[Any] | None:
        """What is known of a file, as a row that can be read once the transaction has ended."""
        return self.session.execute(select(*MediaFile.__table__.columns).where(MediaFile.id == file_id)).first()

    def stored(self, file_id: int, *, sha256: str, due_at: datetime | None) -> bool:
        """The bytes are there; False when it is no longer waited for."""
        statement = update(MediaFile).where(MediaFile.id == file_id, MediaFile.state == MediaState.STORING)
        return changed(self.session, statement.values(state=MediaState.READY, sha256=sha256, due_at=due_at)) == 1

    def has_variants(self, file_id: int, names: Sequence[str]) -> bool:
        """The variants are there; False when the file is on its way out."""
        statement = update(MediaFile).where(MediaFile.id == file_id, MediaFile.state == MediaState.READY)
        return changed(self.session, statement.values(variants=list(names), due_at=None)) == 1

    def used_by(self, user: str, *, among: Collection[str] | None = None) -> dict[str, int]:
        """Key → id of the files `user` uses, all of them or those `among` these keys."""
        query = select(MediaFile.key, MediaFile.id).join(MediaUse, MediaUse.file_id == MediaFile.id)
        if among is not None:
            query = query.where(MediaFile.key.in_(sorted(among)))
        return {row.key: row.id for row in self.session.execute(query.where(MediaUse.user == user))}

    def ready(self, keys: Collection[str]) -> dict[str, int]:
        """Key → id of those that can be used."""
        query = select(MediaFile.key, MediaFile.id).where(
            MediaFile.key.in_(sorted(keys)), MediaFile.state == MediaState.READY
        )
        return {row.key: row.id for row in self.session.execute(query)}

    def take(self, file_ids: Collection[int], *, user: str) -> bool:
        """`user` uses these from now on; False (and nothing certain) when one of them is not ready."""
        statement = update(MediaFile).where(MediaFile.id.in_(sorted(file_ids)), MediaFile.state == MediaState.READY)
        taken = changed(self.session, statement.values(uses=MediaFile.uses + 1, unused_since=None))
        if taken != len(file_ids):
            return False
        rows = [{"id": new_id(), "file_id": file_id, "user": user} for file_id in sorted(file_ids)]
        # A duplicate: somebody else speaks for the same user at this moment.
        with duplicate_is(RunAgain()):
            self.session.execute(insert(MediaUse), rows)
        return True

    def give_back(self, file_ids: Collection[int], *, user: str) -> None:
        """`user` uses these no more."""
        gone = delete(MediaUse).where(MediaUse.user == user, MediaUse.file_id.in_(sorted(file_ids)))
        if changed(self.session, gone) != len(file_ids):
            raise RunAgain  # somebody else speaks for the same user at this moment
        fewer = update(MediaFile).where(MediaFile.id.in_(sorted(file_ids))).values(uses=MediaFile.uses - 1)
        changed(self.session, fewer)

    def doom(self, file_id: int, state: MediaState, *, due_at: datetime) -> bool:
        """Mark it for deletion if it is in `state` and nobody uses it: from here on nobody can."""
        statement = update(MediaFile).where(MediaFile.id == file_id, MediaFile.state == state, MediaFile.uses == 0)
        return changed(self.session, statement.values(state=MediaState.DELETING, due_at=due_at)) == 1

    def forget(self, file_id: int) -> None:
        """The row of a file whose bytes are gone."""
        gone = delete(MediaFile).where(MediaFile.id == file_id, MediaFile.state == MediaState.DELETING)
        changed(self.session, gone)

    def users_of(self, file_id: int) -> list[str]:
        """Who uses it, as many as can be named in a sentence."""
        query = select(MediaUse.user).where(MediaUse.file_id == file_id).order_by(MediaUse.user).limit(MOST_NAMED)
        return list(self.session.scalars(query))

    def note_unused(self, *, now: datetime, limit: int) -> int:
        """Begin the grace time of files that lost their last use; returns how many."""
        query = select(MediaFile.id).where(MediaFile.uses == 0, MediaFile.unused_since.is_(None)).limit(limit)
        ids = list(self.session.scalars(query))
        if ids:
            statement = update(MediaFile).where(MediaFile.id.in_(ids), MediaFile.uses == 0)
            changed(self.session, statement.values(unused_since=now))
        return len(ids)

    def unused_since(self, moment: datetime, *, limit: int) -> list[int]:
        """Ids of ready files without a use since `moment`, the longest first."""
        query = select(MediaFile.id).where(
            MediaFile.uses == 0, MediaFile.unused_since <= moment, MediaFile.state == MediaState.READY
        )
        return list(self.session.scalars(query.order_by(MediaFile.unused_since).limit(limit)))

    def claim_due(self, *, now: datetime, lease: timedelta, limit: int) -> list[int]:
        """Ids of files somebody should look after; each comes again after `lease`."""
        return claim_due(self.session, MediaFile, MediaFile.due_at, now=now, lease=lease, limit=limit)

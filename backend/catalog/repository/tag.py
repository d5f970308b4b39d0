"""Tags, loaded for change."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from backend.catalog.domain.error import TagNotFound
from backend.catalog.domain.tag import Tag
from kit.repository.base import Repository


class TagRepository(Repository[Tag]):
    """The tags of the shop."""

    entity = Tag

    def hold(self, tag_ids: Iterable[int]) -> None:
        """Until the commit nobody deletes these tags. Raises `TagNotFound` naming those that are not there."""
        wanted = sorted(tag_ids)
        query = select(Tag.id).where(Tag.id.in_(wanted)).order_by(Tag.id).with_for_update(read=True)
        missing = set(wanted) - set(self.session.scalars(query)) if wanted else set[int]()
        if missing:
            raise TagNotFound(errors={"tag_ids": [str(tag_id) for tag_id in sorted(missing)]})

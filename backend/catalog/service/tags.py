"""Staff keep tags."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from backend.catalog.domain.listing import FacetKind
from backend.catalog.domain.tag import Tag, TagFacts
from backend.catalog.repository.listing import ListingRepository
from backend.catalog.repository.tag import TagRepository
from backend.catalog.service.renaming import tell_changed
from kit.cache.hot import HotCache
from kit.domain.clock import utc_now
from kit.domain.version import check_version
from kit.service.transaction import after_commit, transactional


class Tags:
    """Adds, changes and deletes; products lose a tag that is deleted."""

    def __init__(
        self,
        tags: TagRepository,
        listings: ListingRepository,
        cache: HotCache,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.tags = tags
        self.listings = listings
        self.cache = cache
        self.clock = clock

    @transactional
    def add(self, facts: TagFacts) -> int:
        """The id of the new tag. Raises `TagNameTaken`."""
        tag = Tag()
        tag.describe(facts)
        self.tags.write(tag)
        return tag.id

    @transactional
    def change(self, tag_id: int, facts: TagFacts, *, version: int) -> None:
        """Raises `TagNotFound`, `StaleVersion`, `TagNameTaken`."""
        tag = self.tags.of_id(tag_id)
        check_version(tag, version)
        renamed = tag.name != facts.name
        tag.describe(facts)
        self.tags.write(tag)
        if renamed:
            tell_changed(self.tags.products_of(tag_id), at=self.clock())
        after_commit(self.cache.forget)

    @transactional
    def remove(self, tag_id: int, *, version: int) -> None:
        """Raises `TagNotFound`, `StaleVersion`."""
        tag = self.tags.of_id(tag_id)
        check_version(tag, version)
        tell_changed(self.tags.products_of(tag_id), at=self.clock())
        self.tags.take_off_products(tag)
        self.listings.drop(FacetKind.TAG, tag_id)
        self.tags.remove(tag)
        after_commit(self.cache.forget)

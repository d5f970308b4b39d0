"""Staff arrange the first screen."""

from __future__ import annotations

from datetime import datetime

from backend.catalog.domain.home import HomeSlot, SlotFacts
from backend.catalog.domain.version import check_version
from backend.catalog.repository.home import HomeRepository
from kit.cache.hot import HotCache
from kit.service.transaction import after_commit, transactional


class Arranging:
    """Puts banners, products and categories into the sections of the home page."""

    def __init__(self, slots: HomeRepository, cache: HotCache) -> None:
        self.slots = slots
        self.cache = cache

    @transactional
    def add(self, facts: SlotFacts, *, now: datetime) -> int:
        """The id of the new slot."""
        slot = self.slots.add(HomeSlot())
        slot.arrange(facts, at=now)
        after_commit(self.cache.forget)
        return slot.id

    @transactional
    def change(self, slot_id: int, facts: SlotFacts, *, version: int, now: datetime) -> None:
        """Raises `SlotNotFound`, `StaleVersion`."""
        slot = self.slots.of_id(slot_id)
        check_version(slot, version)
        slot.arrange(facts, at=now)
        after_commit(self.cache.forget)

    @transactional
    def remove(self, slot_id: int) -> None:
        """Raises `SlotNotFound`."""
        self.slots.remove(self.slots.of_id(slot_id))
        after_commit(self.cache.forget)

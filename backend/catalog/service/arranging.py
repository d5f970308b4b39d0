"""Staff arrange the first screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from backend.catalog.domain.error import ProductNotFound, SlotMalformed, TooManySlots
from backend.catalog.domain.home import MAX_SLOTS, HomeSection, HomeSlot, LinkTarget, SlotFacts
from backend.catalog.domain.version import check_version
from backend.catalog.repository.category import CategoryRepository
from backend.catalog.repository.home import HomeRepository
from backend.catalog.repository.product import ProductRepository
from backend.catalog.service.showing import forget_slot, show_slot
from kit.cache.hot import HotCache
from kit.domain.words import Words
from kit.service.transaction import after_commit, transactional

_ALL_OF_THEM = Words("须为该区块的全部位置，顺序任意：{ids}", "Send all places of this section, in any order: {ids}.")


class Arranging:
    """Puts banners, products and categories into the sections of the home page."""

    def __init__(
        self, slots: HomeRepository, products: ProductRepository, categories: CategoryRepository, cache: HotCache
    ) -> None:
        self.slots = slots
        self.products = products
        self.categories = categories
        self.cache = cache

    @transactional
    def add(self, facts: SlotFacts, *, now: datetime) -> int:
        """The id of the new slot. Raises `TooManySlots`, `ProductNotFound`, `CategoryNotFound`, `UnknownMedia`."""
        self._check_target(facts)
        self._check_room(facts.section)
        slot = HomeSlot()
        slot.arrange(facts, at=now)
        self.slots.add(slot)
        show_slot(slot)
        after_commit(self.cache.forget)
        return slot.id

    @transactional
    def change(self, slot_id: int, facts: SlotFacts, *, version: int, now: datetime) -> None:
        """Raises `SlotNotFound`, `StaleVersion`, and as `add` does."""
        slot = self.slots.of_id(slot_id)
        check_version(slot, version)
        self._check_target(facts)
        if slot.section is not facts.section:
            self._check_room(facts.section)
        slot.arrange(facts, at=now)
        show_slot(slot)
        after_commit(self.cache.forget)

    @transactional
    def order(self, section: HomeSection, slot_ids: Sequence[int]) -> None:
        """Stand in this order. Raises `SlotMalformed` unless these are the section's slots, all of them."""
        slots = {slot.id: slot for slot in self.slots.of_section(section)}
        if len(slot_ids) != len(slots) or slots.keys() != set(slot_ids):
            raise SlotMalformed(errors={"slot_ids": [_ALL_OF_THEM.format(ids=", ".join(map(str, slots)))]})
        for position, slot_id in enumerate(slot_ids, start=1):
            slots[slot_id].position = position
        after_commit(self.cache.forget)

    @transactional
    def remove(self, slot_id: int, *, version: int) -> None:
        """Raises `SlotNotFound`, `StaleVersion`."""
        slot = self.slots.of_id(slot_id)
        check_version(slot, version)
        self.slots.remove(slot)
        forget_slot(slot_id)
        after_commit(self.cache.forget)

    def _check_room(self, section: HomeSection) -> None:
        if self.slots.count(section) >= MAX_SLOTS:
            raise TooManySlots(maximum=MAX_SLOTS)

    def _check_target(self, facts: SlotFacts) -> None:
        """What is gone later is skipped; what was never there is a mistake."""
        if facts.target_id is None:
            return
        if facts.target is LinkTarget.CATEGORY:
            self.categories.hold_live(facts.target_id)
        elif not self.products.of_id(facts.target_id).can_edit():
            raise ProductNotFound

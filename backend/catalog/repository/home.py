"""The slots of the first screen, loaded for change."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from backend.catalog.domain.error import SlotNotFound
from backend.catalog.domain.home import HomeSection, HomeSlot
from kit.repository.base import Repository


class HomeRepository(Repository[HomeSlot]):
    """What staff have arranged; a section holds a few dozen at most."""

    entity = HomeSlot

    def of_id(self, slot_id: int) -> HomeSlot:
        """The slot as it is now. Raises `SlotNotFound`."""
        query = select(HomeSlot).where(HomeSlot.id == slot_id)
        slot = self.first(query.execution_options(populate_existing=True))
        if slot is None:
            raise SlotNotFound
        return slot

    def of_section(self, section: HomeSection) -> Sequence[HomeSlot]:
        """All of a section, in order of display, until the commit nobody else's to change."""
        query = select(HomeSlot).where(HomeSlot.section == section).order_by(HomeSlot.position, HomeSlot.id)
        return self.all(query.with_for_update().execution_options(populate_existing=True))

"""The slots of the first screen, loaded for change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update

from backend.catalog.domain.error import SlotNotFound
from backend.catalog.domain.home import HomeSection, HomeSlot, next_moment
from kit.repository.base import Repository

_AT_ONCE = 100


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

    def count(self, section: HomeSection) -> int:
        """How many places a section has."""
        query = select(func.count()).select_from(HomeSlot).where(HomeSlot.section == section)
        return self.session.scalar(query) or 0

    def pass_due(self, *, now: datetime) -> int:
        """Slots whose time has come wait for their next; no version: nobody has edited them. Returns how many."""
        query = select(HomeSlot.id, HomeSlot.shown_from, HomeSlot.shown_until).where(HomeSlot.due_at <= now)
        rows = self.session.execute(query.order_by(HomeSlot.due_at).limit(_AT_ONCE).with_for_update(skip_locked=True))
        passed = 0
        for row in rows.all():
            due_at = next_moment(row.shown_from, row.shown_until, at=now)
            statement = update(HomeSlot).where(HomeSlot.id == row.id).values(due_at=due_at)
            self.session.execute(statement, execution_options={"synchronize_session": False})
            passed += 1
        return passed

    def of_section(self, section: HomeSection) -> Sequence[HomeSlot]:
        """All of a section, in order of display, until the commit nobody else's to change."""
        query = select(HomeSlot).where(HomeSlot.section == section).order_by(HomeSlot.position, HomeSlot.id)
        return self.all(query.with_for_update().execution_options(populate_existing=True))

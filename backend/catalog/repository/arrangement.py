"""The versions of the lists that staff put in order, and their locks."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from backend.catalog.domain.arrangement import FIRST_VERSION, Arrangement
from kit.db.error import RunAgain, duplicate_is
from kit.domain.version import check_version
from kit.repository.base import Repository


class ArrangementRepository(Repository[Arrangement]):
    """A list that nobody has changed yet has no row."""

    entity = Arrangement

    def version_of(self, name: str) -> int:
        """Read it before the list: an edit based on both is refused when the list has changed between the two."""
        found = self.session.scalar(select(Arrangement.version).where(Arrangement.name == name))
        return FIRST_VERSION if found is None else int(found)

    def change(self, names: Collection[str], *, sent: int | None = None) -> None:
        """Until the commit nobody else changes these lists; each has its next version.

        Raises `StaleVersion` when they are not at the version `sent`.
        """
        for name in sorted(names):
            query = select(Arrangement).where(Arrangement.name == name).with_for_update()
            held = self.first(query.execution_options(populate_existing=True)) or self._begin(name)
            check_version(held, sent)
            held.version += 1

    def _begin(self, name: str) -> Arrangement:
        begun = self.add(Arrangement(name=name, version=FIRST_VERSION))
        with duplicate_is(RunAgain()):
            self.flush()
        return begun

"""Locations (库位/仓库): where goods stand, and whether orders may take them from there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Integer, String, event
from sqlalchemy.orm import Mapped, mapped_column

from backend.inventory.domain.error import BuiltInLocation, LocationArchived
from backend.inventory.domain.stock import DEFAULT_LOCATION
from kit.db.types import Code, UtcDateTime
from kit.domain.entity import Aggregate

DAMAGED_LOCATION = 2
BUILT_IN: tuple[dict[str, Any], ...] = (
    {"id": DEFAULT_LOCATION, "code": "MAIN", "name": "默认仓 Main", "sellable": True, "priority": 0, "version": 1},
    {
        "id": DAMAGED_LOCATION,
        "code": "DAMAGED",
        "name": "残次品 Damaged",
        "sellable": False,
        "priority": 0,
        "version": 1,
    },
)
"""Orders take from the first before any other; what comes back damaged stands in the second."""


class Location(Aggregate):
    """A place for goods. Orders reserve from sellable ones: the default first, then by `priority`, lowest first.

    `sellable` changes only while nothing is there, so that no order loses what it was promised by a tick in a form.
    """

    __tablename__ = "inv_location"
    __table_args__ = (CheckConstraint("priority >= 0", name="priority_not_negative"),)

    code: Mapped[str] = mapped_column(Code(32), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    sellable: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    priority: Mapped[int] = mapped_column(Integer)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def can_archive(self) -> bool:
        """The built-in ones stay."""
        return self.id not in (DEFAULT_LOCATION, DAMAGED_LOCATION)

    def archive(self, *, at: datetime) -> None:
        """Nothing is kept here any more; the repository has seen that nothing is left. Twice is once."""
        if not self.can_archive():
            raise BuiltInLocation
        self.archived_at = self.archived_at or at

    def change(self, *, name: str, sellable: bool, priority: int) -> None:
        """Raises `LocationArchived`, and `BuiltInLocation` for making a built-in one something else."""
        if self.archived_at is not None:
            raise LocationArchived(location=self.code)
        if not self.can_archive() and sellable is not self.sellable:
            raise BuiltInLocation
        self.name, self.sellable, self.priority = name, sellable, priority


@event.listens_for(Location.__table__, "after_create")
def _built_in(target: Any, connection: Any, **_: Any) -> None:
    """Tables made from the models hold what the migration puts there."""
    connection.execute(target.insert(), list(BUILT_IN))

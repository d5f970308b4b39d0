"""The declarative base of every table, and the aggregate that remembers what happened to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.orm.attributes import flag_dirty

from kit.db.types import BigId
from kit.domain.event import DomainEvent
from kit.domain.identity import new_id

# Explicit names, so that a migration can drop what another one created, on every database.
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Entity(DeclarativeBase):
    """Base of all mapped classes. Only kit and the `domain` folders of contexts derive from it."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


class Identified:
    """Mixin: a 63-bit, time-ordered id made by the application (ADR 0004), known from the first moment."""

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False, sort_order=-10)

    def __init__(self, **values: Any) -> None:
        if "id" not in values:
            values["id"] = new_id()
        super().__init__(**values)


class Recorded(NamedTuple):
    """An event waiting on its aggregate for the next flush."""

    event: DomainEvent
    at: datetime


class Aggregate(Identified, Entity):
    """A consistency boundary: one optimistic version for the whole, and the events its verbs recorded.

    A lost race raises `StaleDataError` at flush; `kit.service.transactional` then runs the use case again.
    """

    __abstract__ = True

    version: Mapped[int] = mapped_column(Integer, nullable=False, sort_order=1000)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}

    def record(self, event: DomainEvent, *, at: datetime) -> None:
        """Remember `event`; it becomes an outbox row in the flush that writes this aggregate."""
        self.__dict__.setdefault("_recorded", []).append(Recorded(event, at))
        # The flush looks at new and dirty objects only, and the identity map holds weak references:
        # an aggregate that recorded an event without changing a column would be forgotten with it.
        flag_dirty(self)

    def take_recorded(self) -> list[Recorded]:
        """Hand over the recorded events, once."""
        recorded: list[Recorded] = self.__dict__.pop("_recorded", [])
        return recorded

"""What every repository can do. Subclasses answer business questions; there is no `update(**kwargs)`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import scoped_session

from kit.db.extension import db
from kit.domain.entity import Entity

E = TypeVar("E", bound=Entity)


class Repository(Generic[E]):
    """Stores one kind of aggregate. Works on the session of the running use case."""

    entity: ClassVar[type[Any]]

    def __init__(self, session: scoped_session[Any] | None = None) -> None:
        self.session: scoped_session[Any] = session or db.session

    def add(self, entity: E) -> E:
        """Keep a new entity; it is written with the next flush."""
        self.session.add(entity)
        return entity

    def add_all(self, entities: Iterable[E]) -> None:
        """Keep several new entities."""
        self.session.add_all(entities)

    def by_id(self, entity_id: int) -> E | None:
        """The entity, or None."""
        return self.session.get(self.entity, entity_id)

    def first(self, query: Select[E]) -> E | None:
        """The first entity `query` finds, or None."""
        return self.session.scalars(query.limit(1)).first()

    def all(self, query: Select[E]) -> Sequence[E]:
        """All entities `query` finds, with their eager collections."""
        return self.session.scalars(query).unique().all()

    def remove(self, entity: E) -> None:
        """Delete the entity. What was ever part of business is archived instead."""
        self.session.delete(entity)

    def flush(self) -> None:
        """Write now, so that the database can object here rather than at the end."""
        self.session.flush()

"""Two ways to leave no trace: an outer transaction that is rolled back, or real commits and a wipe."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import Engine, text

from backend.inventory.domain.location import BUILT_IN, Location
from kit.db.extension import db
from kit.db.sqlite import WRITES
from kit.domain.entity import Entity


@contextmanager
def rolled_back(app: Flask) -> Iterator[None]:
    """Commits inside become savepoints (SQLAlchemy's conditional_savepoint); everything goes back at the end."""
    engine = db.engine
    with engine.connect().execution_options(**WRITES) as connection:
        outer = connection.begin()
        connection.begin_nested()
        engines = db._app_engines[app]
        engines[None] = connection  # type: ignore[assignment]  # a connection in the engine's place
        try:
            yield
        finally:
            db.session.remove()
            engines[None] = engine
            outer.rollback()


@contextmanager
def commits_for_real(app: Flask) -> Iterator[None]:
    """For races, relays and everything with threads or processes of its own."""
    try:
        yield
    finally:
        db.session.remove()
        wipe(db.engine)


def wipe(engine: Engine) -> None:
    """Empty every table, but for the rows that a migration puts there."""
    with engine.connect().execution_options(**WRITES) as connection, connection.begin():
        if engine.dialect.name != "sqlite":
            connection.execute(text("SET FOREIGN_KEY_CHECKS=0"))
        else:
            connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        for table in reversed(Entity.metadata.sorted_tables):
            connection.execute(table.delete())
        connection.execute(Location.__table__.insert(), list(BUILT_IN))
        if engine.dialect.name != "sqlite":
            connection.execute(text("SET FOREIGN_KEY_CHECKS=1"))

"""A refused use case leaves no trace in any table."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select, text

from kit.db.extension import db
from kit.domain.entity import Entity
from tests.support.fresh import fresh_session


@contextmanager
def nothing_changes(*, but: Collection[str] = ()) -> Iterator[None]:
    """Every row of every table is afterwards what it was: stock, ledger, orders, carts, outbox, claims.

    The tables named in `but` must have changed.
    """
    before = _everything()
    yield
    after = _everything()
    assert {name for name in before | after if before.get(name) != after.get(name)} == set(but)


def _everything() -> dict[str, list[Any]]:
    fresh_session()
    connection = db.session.connection()
    # Most tables are empty, and one statement says which: to read each would be half of all statements of the suite.
    filled = set(connection.scalars(text(_filled())))
    return {
        table.name: list(connection.execute(select(table).order_by(*table.primary_key.columns)))
        for table in Entity.metadata.sorted_tables
        if table.name in filled
    }


def _filled() -> str:
    names = [table.name for table in Entity.metadata.sorted_tables]
    return " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names)

"""A refused use case leaves no trace in any table."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

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
    assert {name for name in before if before[name] != after[name]} == set(but)


def _everything() -> dict[str, list[Any]]:
    fresh_session()
    return {
        table.name: list(db.session.execute(select(table).order_by(*table.primary_key.columns)))
        for table in Entity.metadata.sorted_tables
    }

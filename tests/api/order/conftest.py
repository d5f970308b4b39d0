"""A buyer, staff, and what a request says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pymysql
import pytest
from flask import Flask

from tests.factories.order import Buyer, make_buyer
from tests.factories.user import member_headers, staff_headers

_FRAME = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "SET ")


@pytest.fixture
def buyer(app: Flask) -> Buyer:
    """A customer who can order and pay."""
    return make_buyer()


@pytest.fixture
def member_of(app: Flask) -> Callable[[Buyer], dict[str, str]]:
    """Headers of any buyer, with that same key."""
    return lambda buyer: member_headers(app, buyer.id) | {"Idempotency-Key": "intent-number-1"}


@pytest.fixture
def member(buyer: Buyer, member_of: Callable[[Buyer], dict[str, str]]) -> dict[str, str]:
    """Headers of the buyer, with a key for one intent."""
    return member_of(buyer)


@pytest.fixture
def staff(app: Flask) -> dict[str, str]:
    """Headers of somebody who may do everything with orders, with a key for one intent."""
    permissions = {"order:read", "order:ship", "order:cancel"}
    return staff_headers(app, permissions=permissions) | {"Idempotency-Key": "intent-number-1"}


@pytest.fixture
def sent_to_mysql(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the driver sends from now on, without what only frames transactions.

    SQLAlchemy counts an `executemany` as one; the driver may make twenty round trips of it. So the driver is asked.
    """
    seen: list[str] = []
    query = pymysql.connections.Connection.query

    def note(self: Any, sql: str | bytes, unbuffered: bool = False) -> Any:
        text = sql if isinstance(sql, str) else bytes(sql).decode()
        if not text.lstrip().upper().startswith(_FRAME):
            seen.append(text)
        return query(self, sql, unbuffered)

    monkeypatch.setattr(pymysql.connections.Connection, "query", note)
    return seen

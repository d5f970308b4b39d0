"""Empty databases for tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.support.servers import Servers


@dataclass(frozen=True)
class Database:
    """An address, and how to get rid of what is behind it."""

    url: str
    drop: Callable[[], None]


def make_database(kind: str, servers: Servers, name: str, temporary: pytest.TempPathFactory) -> Database:
    """A fresh, empty database called after `name`."""
    if kind == "sqlite":
        return Database(f"sqlite:///{temporary.mktemp('sqlite')}/{name}.db", lambda: None)
    assert servers.database_url is not None
    full_name = f"qiyuan_test_{os.getpid()}_{name}"
    _run(
        servers.database_url,
        f"DROP DATABASE IF EXISTS {full_name}",
        f"CREATE DATABASE {full_name} CHARACTER SET utf8mb4",
    )
    url = make_url(servers.database_url).set(database=full_name).render_as_string(hide_password=False)
    return Database(url, lambda: _run(servers.database_url or "", f"DROP DATABASE IF EXISTS {full_name}"))


def _run(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()

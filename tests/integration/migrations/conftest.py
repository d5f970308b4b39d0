"""A database nobody has touched, and an application on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from kit.db.extension import db
from tests.support.databases import Database, make_database
from tests.support.servers import Servers
from tests.support.testapp import make_app, test_settings


@pytest.fixture
def empty(
    database_kind: str, servers: Servers, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """A database nobody has touched."""
    if database_kind == "mysql" and servers.database_url is None:
        pytest.skip("no MariaDB/MySQL: run `make test`")
    made = make_database(database_kind, servers, f"{worker_id}_migrations", tmp_path_factory)
    yield made
    made.drop()


@pytest.fixture
def fresh_app(empty: Database) -> Iterator[Flask]:
    """An application on it."""
    app = make_app(test_settings(database_url=empty.url))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()

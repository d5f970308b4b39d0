"""Fixtures shared by all tests: one application and one database per worker and kind, isolation by savepoints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kit.db.extension import db
from kit.db.node import lease
from tests.support.client import IsolatedClient
from tests.support.databases import Database, make_database
from tests.support.isolation import commits_for_real, rolled_back
from tests.support.servers import Servers, find_servers
from tests.support.testapp import make_app, test_settings

ROOT = Path(__file__).parent.parent
# Repositories and services must behave the same on both databases; routes are tested on the real server.
BOTH_DATABASES = ("tests/integration",)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" not in metafunc.fixturenames:
        return
    if metafunc.definition.get_closest_marker("mysql_only"):
        kinds = ["mysql"]
    elif metafunc.definition.path.is_relative_to(ROOT / BOTH_DATABASES[0]):
        kinds = ["mysql", "sqlite"]
    else:
        kinds = ["mysql"] if find_servers().database_url else ["sqlite"]
    metafunc.parametrize("database_kind", kinds, scope="session", indirect=True)


@pytest.fixture(scope="session")
def servers() -> Servers:
    """The real servers of this run. With REQUIRE_SERVICES=1 a missing one ends the run."""
    return find_servers()


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    """mysql or sqlite."""
    kind: str = request.param
    return kind


@pytest.fixture(scope="session")
def database(
    database_kind: str, servers: Servers, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """An empty database of this worker, dropped at the end."""
    if database_kind == "mysql" and servers.database_url is None:
        pytest.skip("no MariaDB/MySQL: run `make test`, or `scripts/services start` and set TEST_DATABASE_URL")
    made = make_database(database_kind, servers, worker_id, tmp_path_factory)
    yield made
    made.drop()


@pytest.fixture(scope="session")
def session_app(database: Database, servers: Servers, worker_id: str) -> Iterator[Flask]:
    """The application of this worker and kind, its tables created from the models."""
    app = make_app(test_settings(database_url=database.url, redis_url=servers.redis_for(worker_id)))
    with app.app_context():
        lease.pin(1)
        db.create_all()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(session_app: Flask, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application with a pushed context. What a test commits is rolled back, or wiped with @pytest.mark.commits."""
    lease.pin(1)
    session_app.extensions["qiyuan_redis"].flushdb()
    session_app.extensions["qiyuan_payment"].channel.reset()
    isolation = commits_for_real if request.node.get_closest_marker("commits") else rolled_back
    with session_app.app_context(), isolation(session_app):
        yield session_app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """An HTTP client whose requests run in contexts of their own."""
    app.test_client_class = IsolatedClient
    return app.test_client()


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """gw0, gw1, … or main."""
    config: Any = request.config
    return str(config.workerinput["workerid"]) if hasattr(config, "workerinput") else "main"

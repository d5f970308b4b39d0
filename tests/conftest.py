"""Fixtures shared by all tests: one application and one database per worker and kind, isolation by savepoints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kit.db.node import lease
from tests.support.client import IsolatedClient
from tests.support.databases import Database, make_database
from tests.support.isolation import commits_for_real, rolled_back
from tests.support.servers import Servers, find_servers
from tests.support.testapp import make_app, test_settings, with_tables

ROOT = Path(__file__).parent.parent
# Repositories and services must behave the same on both databases; routes are tested on the real server.
BOTH_DATABASES = ("tests/integration",)
# Their tests wait for processes. So may a test that asks for more than the usual time.
PROCESSES = {"browser", "containers", "eventlet", "journey", "queue", "sdk"}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first: small ones are shared out evenly at the end, and a shop is seldom opened by two workers."""

    def short(item: pytest.Item) -> bool:
        folder = item.path.relative_to(ROOT / "tests").parts[0]
        return folder not in PROCESSES and item.get_closest_marker("timeout") is None

    items.sort(key=short)


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
def databases(
    servers: Servers, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Database]]:
    """The one of each kind: kept when this worker goes on with the other kind, and dropped at the end."""
    made: dict[str, Database] = {}

    def of(kind: str) -> Database:
        if kind not in made:
            made[kind] = make_database(kind, servers, worker_id, tmp_path_factory)
        return made[kind]

    yield of
    for one in made.values():
        one.drop()


@pytest.fixture(scope="session")
def database(database_kind: str, servers: Servers, databases: Callable[[str], Database]) -> Database:
    """A database of this worker, empty at first."""
    if database_kind == "mysql" and servers.database_url is None:
        pytest.skip("no MariaDB/MySQL: run `make test`, or `scripts/services start` and set TEST_DATABASE_URL")
    return databases(database_kind)


@pytest.fixture(scope="session")
def session_app(database: Database, servers: Servers, worker_id: str) -> Iterator[Flask]:
    """The application of this worker and kind, its tables created from the models."""
    settings = test_settings(database_url=database.url, redis_url=servers.redis_for(worker_id))
    with with_tables(make_app(settings)) as app:
        yield app


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

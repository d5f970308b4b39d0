"""Fixtures of an application that also has the probe; the tests of kit over HTTP and on databases share them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from kit.security.subject import SOURCE_KEY
from tests.fakes.probe import make_probed_app
from tests.fakes.subjects import FakeSubjects
from tests.support.databases import Database
from tests.support.servers import Servers
from tests.support.testapp import test_settings, with_tables


@pytest.fixture(scope="session")
def session_app(database: Database, servers: Servers, worker_id: str) -> Iterator[Flask]:
    """Like everybody's, with the probe."""
    settings = test_settings(database_url=database.url, redis_url=servers.redis_for(worker_id))
    with with_tables(make_probed_app(settings)) as app:
        yield app


@pytest.fixture
def subjects(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FakeSubjects:
    """Who is logged in."""
    source = FakeSubjects()
    monkeypatch.setitem(app.extensions, SOURCE_KEY, source)
    return source

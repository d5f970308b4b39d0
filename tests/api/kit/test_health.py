"""Probes answer in bounded time and name what is wrong; only a missing database stops the shop."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from conf.settings import HttpSettings
from kit.api import health
from kit.api.health import PROBES_KEY, Probe, add_probe
from tests.fakes.probe import make_probed_app
from tests.support.testapp import test_settings

NOWHERE = "127.0.0.1:1"


def client_with(*, database_url: str = "sqlite://", redis_url: str = "memory://") -> FlaskClient:
    """The application with these servers."""
    return make_probed_app(test_settings(database_url=database_url, redis_url=redis_url)).test_client()


@pytest.fixture
def deaf_server() -> Iterator[str]:
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def test_index_says_who_answers_and_where_to_go_on(client: FlaskClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.json == {
        "name": "qiyuan",
        "version": "0.1.0",
        "documentation": "/swagger-ui",
        "health": "/health",
    }


def test_index_names_no_documentation_that_is_closed() -> None:
    http = HttpSettings(docs_exposed="false", rate_limits=False)
    client = make_probed_app(test_settings(database_url="sqlite://", http=http)).test_client()
    assert client.get("/").json == {"name": "qiyuan", "version": "0.1.0", "health": "/health"}
    assert client.get("/swagger-ui").status_code == 404


@pytest.mark.parametrize("path", ["/health", "/health/ready"])
def test_healthy_shop_names_every_dependency(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "dependencies": {"database": "ok", "redis": "ok"}}


def test_live_asks_no_dependency() -> None:
    client = client_with(database_url=f"mysql+pymysql://u@{NOWHERE}/x", redis_url=f"redis://{NOWHERE}")
    answer = client.get("/health/live")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_without_redis_the_shop_is_degraded_and_goes_on_selling() -> None:
    answer = client_with(redis_url=f"redis://{NOWHERE}").get("/health/ready")
    assert answer.status_code == 200
    assert answer.json == {"status": "degraded", "dependencies": {"database": "ok", "redis": "unavailable"}}


def test_without_the_database_the_shop_is_unavailable() -> None:
    answer = client_with(database_url=f"mysql+pymysql://u@{NOWHERE}/x").get("/health/ready")
    assert answer.status_code == 503
    assert answer.json == {"status": "unavailable", "dependencies": {"database": "unavailable", "redis": "ok"}}


def test_dependency_added_later_is_named_too() -> None:
    client = client_with()
    add_probe(client.application, Probe("broker", lambda: 1 / 0, vital=False))
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json == {
        "status": "degraded",
        "dependencies": {"database": "ok", "redis": "ok", "broker": "unavailable"},
    }


def test_redis_that_takes_the_connection_and_stays_silent_is_unavailable_in_time(deaf_server: str) -> None:
    started = time.monotonic()
    answer = client_with(redis_url=f"redis://{deaf_server}").get("/health")
    assert answer.json == {"status": "degraded", "dependencies": {"database": "ok", "redis": "unavailable"}}
    assert time.monotonic() - started < 2


def test_dependency_that_hangs_does_not_hold_up_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_SECONDS", 0.2)
    client = client_with()
    released = threading.Event()
    add_probe(client.application, Probe("broker", lambda: released.wait(10), vital=False))
    started = time.monotonic()
    answer = client.get("/health")
    waited = time.monotonic() - started
    released.set()
    assert answer.json is not None
    assert answer.json["dependencies"] == {"database": "ok", "redis": "ok", "broker": "unavailable"}
    assert waited < 1


def test_probe_answers_within_three_seconds_by_default() -> None:
    assert health._SECONDS < 3


def test_database_is_asked_first_and_is_the_only_vital_one(client: FlaskClient) -> None:
    probes = client.application.extensions[PROBES_KEY]
    assert [(probe.name, probe.vital) for probe in probes] == [("database", True), ("redis", False)]


def test_answer_of_a_probe_tells_no_address_and_no_password() -> None:
    answer = client_with(database_url=f"mysql+pymysql://u:hunter2@{NOWHERE}/x").get("/health")
    assert b"hunter2" not in answer.data
    assert b"127.0.0.1" not in answer.data

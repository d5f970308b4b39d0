"""Password and token routes are tried a bounded number of times; one customer does not throttle another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from conf.settings import HttpSettings
from kit.api.throttle import limiter
from kit.db.extension import db
from kit.db.node import lease
from tests.support.testapp import make_app, test_settings


@pytest.fixture
def throttled(tmp_path: Path) -> Iterator[FlaskClient]:
    """A shop of its own: the limiter is one for the process and switched off for the other tests."""
    settings = test_settings(database_url=f"sqlite:///{tmp_path}/shop.db", http=HttpSettings(rate_limits=True))
    shop = make_app(settings)
    with shop.app_context():
        lease.pin(1)
        db.create_all()
    limiter.reset()
    yield shop.test_client()
    limiter.enabled = False
    with shop.app_context():
        db.engine.dispose()


def refresh(client: FlaskClient, token: str) -> int:
    return client.post("/api/v1/auth/refresh", json={"refresh_token": token}).status_code


def test_the_eleventh_password_within_a_minute_is_refused_before_it_is_looked_at(throttled: FlaskClient) -> None:
    body = {"username": "nobody", "password": "wrong horse battery"}
    answers = [throttled.post("/admin/v1/auth/login", json=body) for _ in range(11)]
    assert [answer.status_code for answer in answers[:10]] == [401] * 10
    assert answers[10].status_code == 429
    assert answers[10].headers["Retry-After"] == "60"


def test_one_refresh_token_is_tried_thirty_times_a_minute(throttled: FlaskClient) -> None:
    statuses = [refresh(throttled, "x" * 43) for _ in range(31)]
    assert statuses == [401] * 30 + [429]


def test_customers_behind_one_address_refresh_independently(throttled: FlaskClient) -> None:
    assert {refresh(throttled, f"{number:043d}") for number in range(40)} == {401}


def test_control_without_the_limiter_nothing_is_refused(client: FlaskClient) -> None:
    assert {refresh(client, "x" * 43) for _ in range(35)} == {401}

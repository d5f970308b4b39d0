"""The address for mails about work: optional, checked, and left alone by clients that do not know it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.user.domain.staff import Staff
from tests.factories.approval import make_member
from tests.factories.user import PASSWORD, staff_headers
from tests.factories.versions import version_of
from tests.support.unchanged import nothing_changes

STAFF = "/admin/v1/staff"


@pytest.fixture
def boss(app: Flask) -> dict[str, str]:
    return staff_headers(app)


def hire(client: FlaskClient, boss: dict[str, str], **more: Any) -> Any:
    body = {"username": "lin.wei", "name": "林薇", "password": PASSWORD, "role_ids": []} | more
    return client.post(STAFF, json=body, headers=boss)


def test_somebody_may_have_one_or_none(client: FlaskClient, boss: dict[str, str]) -> None:
    assert hire(client, boss).get_json()["email"] is None
    answer = hire(client, boss, username="chen", email="chen@example.cn")
    assert (answer.status_code, answer.get_json()["email"]) == (201, "chen@example.cn")
    listed = client.get(STAFF, headers=boss).get_json()["items"]
    assert {one["username"]: one["email"] for one in listed}["chen"] == "chen@example.cn"


def test_left_out_it_stays_null_takes_it_away(app: Flask, client: FlaskClient, boss: dict[str, str]) -> None:
    staff_id = make_member(email="old@example.cn")
    body: dict[str, Any] = {"name": "陈", "status": "active", "role_ids": []}

    def change(**more: Any) -> Any:
        seen = {"version": version_of(Staff, staff_id)}
        return client.put(f"{STAFF}/{staff_id}", json=body | seen | more, headers=boss).get_json()["email"]

    assert change() == "old@example.cn"
    assert client.get("/admin/v1/me", headers=staff_headers(app, staff_id)).get_json()["email"] == "old@example.cn"
    assert change(email="new@example.cn") == "new@example.cn"
    assert change(email=None) is None


@pytest.mark.parametrize(
    "email",
    [
        "",
        "x",
        "a@b",
        "a b@example.cn",
        "a@example.cn\nBcc: b@example.cn",
        "林@example.cn",
        "a@example.cn,b@example.cn",
        7,
        "a" * 250 + "@example.cn",
    ],
)
def test_what_is_no_address_is_refused(client: FlaskClient, boss: dict[str, str], email: object) -> None:
    with nothing_changes():
        assert hire(client, boss, email=email).status_code == 422

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.user.permission import UserPermission
from tests.factories.user import PASSWORD, make_customer, make_role, make_staff, member_headers, staff_headers

EVERY = sorted(permission.value for permission in UserPermission)


def log_in(client: FlaskClient, username: str = "boss", password: str = PASSWORD) -> Any:
    # The client of the tests cannot send a lone surrogate by itself.
    body = json.dumps({"username": username, "password": password})
    return client.post("/admin/v1/auth/login", data=body, content_type="application/json")


def bearer(tokens: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def test_a_login_answers_tokens_and_who_it_is(client: FlaskClient) -> None:
    staff_id = make_staff("all", username="boss")

    answer = log_in(client)
    body = answer.get_json()

    assert (answer.status_code, body["expires_in"], body["refresh_expires_in"]) == (200, 900, 12 * 3600)
    assert body["staff"] == {"id": str(staff_id), "username": "boss", "name": "boss"}
    assert "Set-Cookie" not in answer.headers
    assert client.get("/admin/v1/me", headers=bearer(body)).status_code == 200
    assert client.get("/api/v1/me", headers=bearer(body)).status_code == 401


@pytest.mark.parametrize(
    ("username", "password", "status", "code"),
    [
        ("boss", "wrong password", 401, "user.login_refused"),
        ("nobody", PASSWORD, 401, "user.login_refused"),
        ("老板老板", PASSWORD, 422, "user.username_invalid"),
        ("\u212aate", PASSWORD, 422, "user.username_invalid"),
        ("x" * 33, PASSWORD, 422, "kit.invalid"),
        ("boss", "x" * 129, 422, "kit.invalid"),
        ("boss", "", 422, "kit.invalid"),
        ("boss", "pass\u0000word", 422, "kit.invalid"),
        ("boss", "pass\ud800word", 422, "kit.invalid"),
        ("boss", ["pass"], 422, "kit.invalid"),
    ],
)
def test_a_refused_login_says_no_more_than_it_must(
    client: FlaskClient, username: str, password: Any, status: int, code: str
) -> None:
    make_staff("all", username="boss")

    answer = log_in(client, username, password)

    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


def test_ten_wrong_passwords_lock_the_username(client: FlaskClient) -> None:
    make_staff("all", username="boss")
    for _ in range(10):
        assert log_in(client, password="wrong password").status_code == 401

    answer = log_in(client)

    assert (answer.status_code, answer.get_json()["code"]) == (429, "user.locked_out")
    assert "15" in answer.get_json()["message"]


def test_refresh_and_logout(client: FlaskClient) -> None:
    make_staff("all", username="boss")
    first = log_in(client).get_json()
    second = client.post("/admin/v1/auth/refresh", json={"refresh_token": first["refresh_token"]}).get_json()

    assert client.post("/admin/v1/auth/logout", headers=bearer(second)).status_code == 204

    assert client.get("/admin/v1/me", headers=bearer(second)).status_code == 401
    refused = client.post("/admin/v1/auth/refresh", json={"refresh_token": second["refresh_token"]})
    assert (refused.status_code, refused.get_json()["code"]) == (401, "user.refresh_refused")


def test_me_shows_roles_and_permissions(client: FlaskClient, app: Flask) -> None:
    boss = client.get("/admin/v1/me", headers=staff_headers(app)).get_json()
    clerk = client.get("/admin/v1/me", headers=staff_headers(app, permissions=["user:read_staff"])).get_json()

    assert set(EVERY) <= set(boss["permissions"])
    assert [role["code"] for role in boss["roles"]] == ["administrator"]
    assert clerk["permissions"] == ["user:read_staff"]


def test_a_permission_the_program_forgot_opens_nothing(client: FlaskClient, app: Flask) -> None:
    headers = staff_headers(app, permissions=["user:read_staff", "user:fly"])

    assert client.get("/admin/v1/me", headers=headers).get_json()["permissions"] == ["user:read_staff"]


def test_staff_without_a_role_may_nothing_but_know_themselves(client: FlaskClient, app: Flask) -> None:
    headers = staff_headers(app, permissions=[])

    assert client.get("/admin/v1/me", headers=headers).get_json()["permissions"] == []
    answer = client.get("/admin/v1/staff", headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "auth.permission_missing")


def test_changing_ones_password_keeps_this_session_alone(client: FlaskClient) -> None:
    make_staff("all", username="boss")
    here, elsewhere = log_in(client).get_json(), log_in(client).get_json()
    body = {"current_password": PASSWORD, "new_password": "a new password 1"}

    assert client.put("/admin/v1/me/password", headers=bearer(here), json=body).status_code == 204

    assert client.get("/admin/v1/me", headers=bearer(here)).status_code == 200
    assert client.get("/admin/v1/me", headers=bearer(elsewhere)).status_code == 401
    assert log_in(client).status_code == 401
    assert log_in(client, password="a new password 1").status_code == 200


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (
            {"current_password": "wrong password", "new_password": "a new password 1"},
            "user.wrong_password",
            "current_password",
        ),
        ({"current_password": PASSWORD, "new_password": "short"}, "user.password_too_weak", "new_password"),
        ({"current_password": PASSWORD}, "kit.invalid", "new_password"),
    ],
)
def test_a_refused_password_names_the_field(
    client: FlaskClient, app: Flask, body: dict[str, str], code: str, field: str
) -> None:
    answer = client.put("/admin/v1/me/password", headers=staff_headers(app), json=body)

    assert (answer.status_code, answer.get_json()["code"]) == (422, code)
    assert list(answer.get_json()["errors"]) == [field]


def test_staff_are_created_changed_and_dismissed(client: FlaskClient, app: Flask) -> None:
    headers, role = staff_headers(app), make_role("user:read_staff", code="clerk")
    body = {"username": "Lin.Wei", "name": "林薇", "password": "0123456789", "role_ids": [str(role)]}

    created = client.post("/admin/v1/staff", headers=headers, json=body)
    staff = created.get_json()
    clerk = bearer(log_in(client, "lin.wei", "0123456789").get_json())

    assert created.status_code == 201
    assert staff | {"id": "", "created_at": ""} == {
        "id": "",
        "username": "lin.wei",
        "name": "林薇",
        "email": None,
        "status": "active",
        "roles": [{"id": str(role), "code": "clerk", "name": "clerk"}],
        "version": 1,
        "created_at": "",
        "last_login_at": None,
    }
    assert client.get("/admin/v1/staff", headers=clerk).status_code == 200
    path = f"/admin/v1/staff/{staff['id']}"
    changed = client.put(path, headers=headers, json={"name": "林", "status": "active", "role_ids": [], "version": 1})
    assert (changed.status_code, changed.get_json()["name"], changed.get_json()["roles"]) == (200, "林", [])
    assert client.get("/admin/v1/staff", headers=clerk).status_code == 403
    client.put(path, headers=headers, json={"name": "林", "status": "inactive", "role_ids": [], "version": 2})
    assert client.get("/admin/v1/me", headers=clerk).status_code == 401
    assert log_in(client, "lin.wei", "0123456789").get_json()["code"] == "user.login_refused"


def test_a_reset_password_logs_out(client: FlaskClient, app: Flask) -> None:
    clerk = make_staff(username="clerk")
    clerk_headers = staff_headers(app, clerk)

    answer = client.post(
        f"/admin/v1/staff/{clerk}/password", headers=staff_headers(app), json={"password": "9876543210"}
    )

    assert answer.status_code == 204
    assert client.get("/admin/v1/me", headers=clerk_headers).status_code == 401
    assert log_in(client, "clerk", "9876543210").status_code == 200


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"username": "boss"}, 409, "user.username_taken"),
        ({"username": "a b"}, 422, "user.username_invalid"),
        ({"password": "012345678"}, 422, "user.password_too_weak"),
        ({"password": "somebody.new"}, 422, "user.password_too_weak"),
        ({"role_ids": ["1"]}, 422, "user.unknown_role"),
        ({"role_ids": ["99999999999999999999"]}, 422, "kit.invalid"),
        ({"role_ids": [1]}, 422, "kit.invalid"),
        ({"status": "active"}, 422, "kit.invalid"),
    ],
    ids=repr,
)
def test_wrong_staff_are_not_created(
    client: FlaskClient, app: Flask, change: dict[str, Any], status: int, code: str
) -> None:
    headers = staff_headers(app, make_staff("all", username="boss"))
    body = {"username": "somebody.new", "name": "新人", "password": "0123456789", "role_ids": []}

    answer = client.post("/admin/v1/staff", headers=headers, json=body | change)

    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert len(client.get("/admin/v1/staff", headers=headers).get_json()["items"]) == 1


def test_roles_are_made_changed_and_deleted(client: FlaskClient, app: Flask) -> None:
    headers = staff_headers(app)
    body = {"code": "clerk", "name": "店员", "permissions": ["user:read_staff", "user:read_customers"]}

    created = client.post("/admin/v1/roles", headers=headers, json=body)
    role = created.get_json()

    assert created.status_code == 201
    assert role == {
        "id": role["id"],
        "code": "clerk",
        "name": "店员",
        "all_permissions": False,
        "permissions": ["user:read_customers", "user:read_staff"],
        "version": 1,
    }
    path = f"/admin/v1/roles/{role['id']}"
    changed = client.put(path, headers=headers, json={"name": "店员二", "permissions": [], "version": 1})
    assert changed.get_json() == role | {"name": "店员二", "permissions": [], "version": 2}
    assert client.delete(f"{path}?version=2", headers=headers).status_code == 204
    assert client.delete(f"{path}?version=2", headers=headers).get_json()["code"] == "user.role_not_found"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"code": "administrator"}, 409, "user.role_code_taken"),
        ({"code": "Clerk"}, 422, "kit.invalid"),
        ({"permissions": ["user:fly"]}, 422, "user.unknown_permission"),
        ({"permissions": "user:read_staff"}, 422, "kit.invalid"),
        ({"all_permissions": True}, 422, "kit.invalid"),
    ],
    ids=repr,
)
def test_a_wrong_role_is_refused(client: FlaskClient, app: Flask, body: dict[str, Any], status: int, code: str) -> None:
    answer = client.post(
        "/admin/v1/roles", headers=staff_headers(app), json={"code": "clerk", "name": "店员", "permissions": []} | body
    )

    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


def test_a_role_in_use_and_the_built_in_one_stay(client: FlaskClient, app: Flask) -> None:
    headers = staff_headers(app)
    make_staff(["user:read_staff"])
    built_in, used = client.get("/admin/v1/roles", headers=headers).get_json()["items"]

    answers = [client.delete(f"/admin/v1/roles/{role['id']}?version=1", headers=headers) for role in (built_in, used)]

    assert [(one.status_code, one.get_json()["code"]) for one in answers] == [
        (409, "user.role_built_in"),
        (409, "user.role_in_use"),
    ]


def test_permissions_have_names_in_both_languages(client: FlaskClient, app: Flask) -> None:
    items = client.get("/admin/v1/permissions", headers=staff_headers(app)).get_json()["items"]

    assert {"permission": "user:read_staff", "zh": "查看员工与角色", "en": "Read staff, roles and permissions"} in items
    assert set(EVERY) <= {item["permission"] for item in items}


def test_customers_are_listed_masked_and_found_by_phone(client: FlaskClient, app: Flask) -> None:
    headers = staff_headers(app, permissions=["user:read_customers"])
    ids = [str(make_customer(phone=phone)) for phone in ("13800138000", "13900139000", None)]

    first = client.get("/admin/v1/customers?limit=2", headers=headers).get_json()
    second = client.get(f"/admin/v1/customers?limit=2&cursor={first['next_cursor']}", headers=headers).get_json()
    found = client.get("/admin/v1/customers?phone=13900139000", headers=headers).get_json()

    assert [one["id"] for one in first["items"] + second["items"]] == ids[::-1]
    assert second["next_cursor"] is None
    assert [(one["id"], one["phone"], one["status"]) for one in found["items"]] == [(ids[1], "139****9000", "active")]
    assert client.get("/admin/v1/customers?phone=1%00", headers=headers).status_code == 422


def test_an_unknown_customer_cannot_be_blocked(client: FlaskClient, app: Flask) -> None:
    answer = client.put("/admin/v1/customers/1/status", headers=staff_headers(app), json={"status": "blocked"})

    assert (answer.status_code, answer.get_json()["code"]) == (404, "user.customer_not_found")


ROUTES = [
    ("GET", "/admin/v1/staff", "user:read_staff"),
    ("POST", "/admin/v1/staff", "user:manage_staff"),
    ("PUT", "/admin/v1/staff/1", "user:manage_staff"),
    ("POST", "/admin/v1/staff/1/password", "user:manage_staff"),
    ("GET", "/admin/v1/roles", "user:read_staff"),
    ("POST", "/admin/v1/roles", "user:manage_roles"),
    ("PUT", "/admin/v1/roles/1", "user:manage_roles"),
    ("DELETE", "/admin/v1/roles/1", "user:manage_roles"),
    ("GET", "/admin/v1/permissions", "user:read_staff"),
    ("GET", "/admin/v1/customers", "user:read_customers"),
    ("PUT", "/admin/v1/customers/1/status", "user:manage_customers"),
]


@pytest.mark.parametrize(("method", "path", "permission"), ROUTES)
def test_every_route_asks_for_its_permission(
    client: FlaskClient, app: Flask, method: str, path: str, permission: str
) -> None:
    others = staff_headers(app, permissions=[one for one in EVERY if one != permission])

    statuses = [
        client.open(path, method=method, headers=headers).status_code
        for headers in ({}, member_headers(app, make_customer()), others)
    ]

    assert statuses == [401, 401, 403]

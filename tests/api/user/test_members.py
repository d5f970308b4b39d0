from __future__ import annotations

import json
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from backend.user.domain.customer import CustomerStatus
from kit.domain.clock import utc_now
from tests.factories.user import make_address, make_customer, member_headers, staff_headers

ADDRESS = {
    "receiver": "林小满",
    "phone": "138 0013 8000",
    "province": "浙江省",
    "city": "杭州市",
    "district": "西湖区",
    "detail": "文三路 90 号 🏠",
    "region_code": "330106",
}


def log_in(client: FlaskClient, code: str = "dev-alice") -> Any:
    return client.post("/api/v1/auth/login", json={"code": code}).get_json()


def bearer(tokens: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def test_a_login_answers_tokens_and_the_customer(client: FlaskClient) -> None:
    answer = client.post("/api/v1/auth/login", json={"code": "dev-alice"})
    body = answer.get_json()

    assert answer.status_code == 200
    assert body.keys() == {
        "access_token",
        "token_type",
        "expires_in",
        "refresh_token",
        "refresh_expires_in",
        "customer",
    }
    assert (body["token_type"], body["expires_in"], body["refresh_expires_in"]) == ("Bearer", 900, 2592000)
    assert body["customer"] | {"id": "", "created_at": ""} == {
        "id": "",
        "nickname": "微信用户",
        "avatar_url": None,
        "phone": None,
        "created_at": "",
    }
    assert isinstance(body["customer"]["id"], str)
    assert "Set-Cookie" not in answer.headers
    assert client.get("/api/v1/me", headers=bearer(body)).get_json() == body["customer"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"code": "invented"}, 422, "wechat.code_invalid"),
        ({"code": ""}, 422, "kit.invalid"),
        ({"code": "x" * 129}, 422, "kit.invalid"),
        ({"code": "dev-a\u0000b"}, 422, "kit.invalid"),
        ({"code": "dev-\ud800"}, 422, "kit.invalid"),
        ({"code": 7}, 422, "kit.invalid"),
        ({}, 422, "kit.invalid"),
        ({"code": "dev-alice", "customer_id": "1"}, 422, "kit.invalid"),
    ],
    ids=repr,
)
def test_a_refused_login_says_why(client: FlaskClient, body: dict[str, Any], status: int, code: str) -> None:
    # The client of the tests cannot send a lone surrogate by itself.
    answer = client.post("/api/v1/auth/login", data=json.dumps(body), content_type="application/json")

    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


def test_a_blocked_customer_is_told(client: FlaskClient) -> None:
    make_customer(openid="dev_alice", status=CustomerStatus.BLOCKED)

    answer = client.post("/api/v1/auth/login", json={"code": "dev-alice"})

    assert (answer.status_code, answer.get_json()["code"]) == (403, "user.blocked")


def test_a_refresh_token_works_once_and_its_reuse_shuts_every_door(client: FlaskClient) -> None:
    first = log_in(client)
    second = client.post("/api/v1/auth/refresh", json={"refresh_token": first["refresh_token"]}).get_json()
    assert second.keys() == {"access_token", "token_type", "expires_in", "refresh_token", "refresh_expires_in"}
    assert client.get("/api/v1/me", headers=bearer(second)).status_code == 200

    reused = client.post("/api/v1/auth/refresh", json={"refresh_token": first["refresh_token"]})

    assert (reused.status_code, reused.get_json()["code"]) == (401, "user.refresh_refused")
    for tokens in (first, second):
        assert client.get("/api/v1/me", headers=bearer(tokens)).status_code == 401
    last = client.post("/api/v1/auth/refresh", json={"refresh_token": second["refresh_token"]})
    assert last.status_code == 401


def test_a_members_refresh_token_is_nothing_to_the_back_office(client: FlaskClient) -> None:
    tokens = log_in(client)

    answer = client.post("/admin/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]})

    assert answer.status_code == 401
    assert client.get("/admin/v1/me", headers=bearer(tokens)).status_code == 401


def test_after_logout_the_access_token_is_dead_at_once_and_other_sessions_live(client: FlaskClient) -> None:
    phone, tablet = log_in(client), log_in(client)

    assert client.post("/api/v1/auth/logout", headers=bearer(phone)).status_code == 204

    assert client.get("/api/v1/me", headers=bearer(phone)).get_json()["code"] == "auth.token_invalid"
    assert client.post("/api/v1/auth/refresh", json={"refresh_token": phone["refresh_token"]}).status_code == 401
    assert client.get("/api/v1/me", headers=bearer(tablet)).status_code == 200


def test_an_access_token_lives_fifteen_minutes(client: FlaskClient) -> None:
    tokens = log_in(client)

    with time_machine.travel(utc_now().timestamp() + 901):
        assert client.get("/api/v1/me", headers=bearer(tokens)).get_json()["code"] == "auth.token_expired"
        renewed = client.post("/api/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]}).get_json()
        assert client.get("/api/v1/me", headers=bearer(renewed)).status_code == 200


def test_a_profile_is_replaced(client: FlaskClient, app: Flask) -> None:
    headers = member_headers(app, make_customer())
    profile = {"nickname": " 小林🌱 ", "avatar_url": "https://img.example.com/a.png"}

    answer = client.put("/api/v1/me", headers=headers, json=profile)

    assert answer.status_code == 200
    me = client.get("/api/v1/me", headers=headers).get_json()
    assert (me["nickname"], me["avatar_url"]) == ("小林🌱", "https://img.example.com/a.png")
    assert (
        client.put("/api/v1/me", headers=headers, json=profile | {"avatar_url": None}).get_json()["avatar_url"] is None
    )


@pytest.mark.parametrize(
    "change",
    [
        {"nickname": ""},
        {"nickname": "x" * 33},
        {"nickname": "a\u0007b"},
        {"nickname": "a\nb"},
        {"nickname": "a\ud83db"},
        {"nickname": None},
        {"avatar_url": "javascript:alert(1)"},
        {"avatar_url": "https://x/" + "a" * 500},
        {"phone": "13800138000"},
        {"status": "active"},
    ],
    ids=repr,
)
def test_a_wrong_profile_changes_nothing(client: FlaskClient, app: Flask, change: dict[str, Any]) -> None:
    headers = member_headers(app, make_customer(nickname="小林"))

    body = json.dumps({"nickname": "新名", "avatar_url": None} | change)
    answer = client.put("/api/v1/me", headers=headers, data=body, content_type="application/json")

    assert answer.status_code == 422
    assert client.get("/api/v1/me", headers=headers).get_json()["nickname"] == "小林"


def test_the_phone_comes_from_wechat(client: FlaskClient, app: Flask) -> None:
    headers = member_headers(app, make_customer())

    answer = client.post("/api/v1/me/phone", headers=headers, json={"code": "dev-13800138000"})

    assert (answer.status_code, answer.get_json()["phone"]) == (200, "13800138000")
    refused = client.post("/api/v1/me/phone", headers=headers, json={"code": "dev-alice"})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "wechat.code_invalid")
    assert client.get("/api/v1/me", headers=headers).get_json()["phone"] == "13800138000"


def test_an_address_is_added_read_replaced_and_deleted(client: FlaskClient, app: Flask) -> None:
    headers = member_headers(app, make_customer())

    added = client.post("/api/v1/addresses", headers=headers, json=ADDRESS)
    address = added.get_json()
    path = f"/api/v1/addresses/{address['id']}"

    assert added.status_code == 201
    assert address | {"id": "", "created_at": ""} == ADDRESS | {
        "id": "",
        "created_at": "",
        "phone": "13800138000",
        "is_default": True,
    }
    assert client.get(path, headers=headers).get_json() == address
    assert client.get("/api/v1/addresses", headers=headers).get_json() == {"items": [address], "next_cursor": None}
    without_region = {key: value for key, value in ADDRESS.items() if key != "region_code"}
    replaced = client.put(path, headers=headers, json=without_region | {"receiver": "张三"}).get_json()
    assert (replaced["receiver"], replaced["region_code"], replaced["is_default"]) == ("张三", None, True)
    assert client.delete(path, headers=headers).status_code == 204
    assert client.get(path, headers=headers).get_json()["code"] == "user.address_not_found"


def test_the_default_comes_first(client: FlaskClient, app: Flask) -> None:
    customer = make_customer()
    headers = member_headers(app, customer)
    oldest, middle, newest = (str(make_address(customer)) for _ in range(3))

    chosen = client.put(f"/api/v1/addresses/{middle}/default", headers=headers)

    assert (chosen.status_code, chosen.get_json()["is_default"]) == (200, True)
    listed = client.get("/api/v1/addresses", headers=headers).get_json()["items"]
    assert [one["id"] for one in listed] == [middle, newest, oldest]
    assert [one["is_default"] for one in listed] == [True, False, False]


@pytest.mark.parametrize("verb", ["GET", "PUT", "DELETE", "default"])
def test_somebody_elses_address_is_not_there(client: FlaskClient, app: Flask, verb: str) -> None:
    owner = make_customer()
    address_id = make_address(owner)
    stranger = member_headers(app, make_customer())
    path = f"/api/v1/addresses/{address_id}"

    answer = (
        client.put(f"{path}/default", headers=stranger)
        if verb == "default"
        else client.open(path, method=verb, headers=stranger, json=ADDRESS if verb == "PUT" else None)
    )

    assert (answer.status_code, answer.get_json()["code"]) == (404, "user.address_not_found")
    kept = client.get(path, headers=member_headers(app, owner)).get_json()
    assert (kept["receiver"], kept["detail"], kept["is_default"]) == ("林小满", "文三路 90 号", True)


@pytest.mark.parametrize("address_id", ["0", "9223372036854775807", "9223372036854775808", "9" * 40, "-1", "x", "1.0"])
def test_an_impossible_id_is_not_there(client: FlaskClient, app: Flask, address_id: str) -> None:
    headers = member_headers(app, make_customer())

    assert client.get(f"/api/v1/addresses/{address_id}", headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"phone": "12345"}, "user.phone_invalid"),
        ({"phone": ""}, "kit.invalid"),
        ({"receiver": "x" * 31}, "kit.invalid"),
        ({"detail": "   "}, "kit.invalid"),
        ({"detail": "x" * 121}, "kit.invalid"),
        ({"city": "a\u2028b"}, "kit.invalid"),
        ({"region_code": "33010"}, "kit.invalid"),
        ({"region_code": "３３０１０６"}, "kit.invalid"),
        ({"is_default": True}, "kit.invalid"),
        ({"customer_id": "1"}, "kit.invalid"),
    ],
    ids=repr,
)
def test_a_wrong_address_is_refused(client: FlaskClient, app: Flask, change: dict[str, Any], code: str) -> None:
    headers = member_headers(app, make_customer())

    answer = client.post("/api/v1/addresses", headers=headers, json=ADDRESS | change)

    assert (answer.status_code, answer.get_json()["code"]) == (422, code)
    assert client.get("/api/v1/addresses", headers=headers).get_json()["items"] == []


def test_the_twenty_first_address_is_a_conflict(client: FlaskClient, app: Flask) -> None:
    customer = make_customer()
    for _ in range(20):
        make_address(customer)
    headers = member_headers(app, customer)

    answer = client.post("/api/v1/addresses", headers=headers, json=ADDRESS)

    assert (answer.status_code, answer.get_json()["code"]) == (409, "user.too_many_addresses")
    assert len(client.get("/api/v1/addresses", headers=headers).get_json()["items"]) == 20


def test_blocking_logs_a_customer_out_at_once(client: FlaskClient, app: Flask) -> None:
    customer = make_customer(openid="dev_alice")
    tokens = log_in(client)

    answer = client.put(
        f"/admin/v1/customers/{customer}/status", headers=staff_headers(app), json={"status": "blocked"}
    )

    assert (answer.status_code, answer.get_json()) == (200, {"id": str(customer), "status": "blocked"})
    assert client.get("/api/v1/me", headers=bearer(tokens)).status_code == 401
    assert client.post("/api/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]}).status_code == 401
    client.put(f"/admin/v1/customers/{customer}/status", headers=staff_headers(app), json={"status": "active"})
    assert client.get("/api/v1/me", headers=bearer(tokens)).status_code == 401
    assert client.get("/api/v1/me", headers=bearer(log_in(client))).status_code == 200

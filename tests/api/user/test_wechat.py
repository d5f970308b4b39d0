"""Members log in through WeChat's own API, as it answers on the wire."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import responses
from flask import Flask
from flask.testing import FlaskClient

from backend.user.gateway.wechat import WechatMiniProgram
from backend.user.wiring import services
from kit.cache.redis import redis_client
from kit.wechat.miniprogram.client import MiniProgramClient
from tests.factories.user import make_customer, member_headers

API = "https://api.weixin.qq.com"


@pytest.fixture
def wechat(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[responses.RequestsMock]:
    gateway = WechatMiniProgram(MiniProgramClient("wx123", "app-secret", API, redis_client()))
    monkeypatch.setattr(services().member_login, "wechat", gateway)
    monkeypatch.setattr(services().profile, "wechat", gateway)
    with responses.RequestsMock() as scripted:
        yield scripted


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        ({"errcode": 40029, "errmsg": "invalid code"}, 422, "wechat.code_invalid"),
        ({"errcode": 40163, "errmsg": "code been used"}, 422, "wechat.code_invalid"),
        ({"errcode": -1, "errmsg": "system error"}, 503, "wechat.unavailable"),
        ({"errcode": 40125, "errmsg": "invalid appsecret"}, 503, "wechat.refused"),
    ],
)
def test_wechats_refusals_reach_the_member_in_our_words(
    wechat: Any, client: FlaskClient, answer: dict[str, Any], status: int, code: str
) -> None:
    wechat.get(f"{API}/sns/jscode2session", json=answer)

    refused = client.post("/api/v1/auth/login", json={"code": "0a1b"})

    assert (refused.status_code, refused.get_json()["code"]) == (status, code)
    assert ("Retry-After" in refused.headers) is (status == 503)


def test_login_and_phone_through_wechat(wechat: Any, client: FlaskClient) -> None:
    wechat.get(f"{API}/sns/jscode2session", json={"openid": "oAbC", "session_key": "very-secret"})
    wechat.post(f"{API}/cgi-bin/stable_token", json={"access_token": "T1", "expires_in": 7200})
    phone_info = {"purePhoneNumber": "13800138000", "countryCode": "86"}
    wechat.post(f"{API}/wxa/business/getuserphonenumber", json={"errcode": 0, "phone_info": phone_info})

    login = client.post("/api/v1/auth/login", json={"code": "0a1b"})
    headers = {"Authorization": f"Bearer {login.get_json()['access_token']}"}
    # The guard has read from the database before WeChat is asked: no transaction may be left open by it.
    phone = client.post("/api/v1/me/phone", headers=headers, json={"code": "e31968a7"})

    assert (login.status_code, phone.status_code, phone.get_json()["phone"]) == (200, 200, "13800138000")
    assert "very-secret" not in login.get_data(as_text=True)
    assert "oAbC" not in login.get_data(as_text=True)


def test_a_phone_that_wechat_refuses_changes_nothing(wechat: Any, client: FlaskClient, app: Flask) -> None:
    headers = member_headers(app, make_customer(phone="13900139000"))
    wechat.post(f"{API}/cgi-bin/stable_token", json={"errcode": 45011, "errmsg": "too often"})

    refused = client.post("/api/v1/me/phone", headers=headers, json={"code": "e31968a7"})

    assert (refused.status_code, refused.get_json()["code"]) == (503, "wechat.unavailable")
    assert client.get("/api/v1/me", headers=headers).get_json()["phone"] == "13900139000"

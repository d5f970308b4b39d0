"""The client of the mini-program server API, against scripted answers of WeChat's."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses
from fakeredis import FakeRedis, FakeServer
from flask import Flask
from loguru import logger
from responses import matchers
from sqlalchemy import text

from kit.db.extension import db, init_db
from kit.domain.error import DomainError
from kit.service.transaction import TransactionOpen
from kit.wechat.miniprogram.client import LoginResult, MiniProgramClient
from kit.wechat.miniprogram.error import LoginCodeInvalid, NotSubscribed, WechatBusy, WechatRefused

API = "https://api.weixin.qq.com"
LOGIN, TOKEN, PHONE = (
    f"{API}{path}" for path in ("/sns/jscode2session", "/cgi-bin/stable_token", "/wxa/business/getuserphonenumber")
)
SECRET = "app-secret-0123456789"
TOKEN_KEY = "wechat:access_token:wx123"


@pytest.fixture(autouse=True)
def context() -> Iterator[None]:
    app = Flask("client")
    init_db(app, "sqlite://")
    with app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def wechat() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as scripted:
        yield scripted


@pytest.fixture
def redis_server() -> FakeServer:
    return FakeServer()


@pytest.fixture
def redis(redis_server: FakeServer) -> FakeRedis:
    return FakeRedis(server=redis_server)


@pytest.fixture
def client(redis: FakeRedis) -> MiniProgramClient:
    return MiniProgramClient("wx123", SECRET, API, redis)


@pytest.fixture
def lines() -> Iterator[list[str]]:
    kept: list[str] = []
    sink = logger.add(kept.append, level="DEBUG", format="{message} {extra}", backtrace=True, diagnose=True)
    yield kept
    logger.remove(sink)


def token_answer(token: str, seconds: int = 7200) -> dict[str, Any]:
    return {"access_token": token, "expires_in": seconds}


def phone_answer(phone: Any = "13800138000") -> dict[str, Any]:
    return {"errcode": 0, "errmsg": "ok", "phone_info": {"phoneNumber": "+86", "purePhoneNumber": phone}}


def with_token(token: str) -> list[Any]:
    return [matchers.query_param_matcher({"access_token": token})]


def test_login_returns_who_it_is_and_drops_the_session_key(wechat: Any, client: MiniProgramClient, lines: Any) -> None:
    query = {"appid": "wx123", "secret": SECRET, "js_code": "c0de", "grant_type": "authorization_code"}
    answer = {"openid": "oAbC", "unionid": "uAbC", "session_key": "very-secret-key"}
    wechat.get(LOGIN, json=answer, match=[matchers.query_param_matcher(query)])

    result = client.login("c0de")

    assert result == LoginResult("oAbC", "uAbC")
    assert "very-secret-key" not in repr(vars(result)) + "".join(lines)


def test_an_app_without_a_unionid_has_none(wechat: Any, client: MiniProgramClient) -> None:
    wechat.get(LOGIN, json={"openid": "oAbC", "session_key": "k", "unionid": ""})

    assert client.login("code") == LoginResult("oAbC", None)


@pytest.mark.parametrize(
    ("errcode", "error"),
    [
        (40029, LoginCodeInvalid),
        (40163, LoginCodeInvalid),
        (-1, WechatBusy),
        (45009, WechatBusy),
        (45011, WechatBusy),
        (43101, NotSubscribed),
        (40125, WechatRefused),
        (40001, WechatRefused),
        ("odd", WechatRefused),
    ],
)
def test_error_codes_become_named_failures(
    wechat: Any, client: MiniProgramClient, errcode: Any, error: type[DomainError]
) -> None:
    wechat.get(LOGIN, json={"errcode": errcode, "errmsg": "no, rid: 1"})

    with pytest.raises(DomainError) as failed:
        client.login("code")

    assert type(failed.value) is error


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"status": 502, "body": "<html>"}, WechatBusy),
        ({"status": 200, "body": "<html>"}, WechatBusy),
        ({"status": 200, "json": []}, WechatBusy),
        ({"status": 404, "json": {}}, WechatRefused),
        ({"status": 302, "headers": {"Location": "https://elsewhere.example"}}, WechatRefused),
        ({"status": 200, "json": {"session_key": "k"}}, WechatRefused),
        ({"status": 200, "json": {"openid": "o" * 65}}, WechatRefused),
        ({"status": 200, "json": {"openid": "о-кириллица"}}, WechatRefused),
        ({"status": 200, "json": {"openid": "oAbC", "unionid": 7}}, WechatRefused),
    ],
    ids=repr,
)
def test_an_answer_that_makes_no_sense_is_a_failure_too(
    wechat: Any, client: MiniProgramClient, answer: dict[str, Any], error: type[DomainError]
) -> None:
    wechat.get(LOGIN, **answer)

    with pytest.raises(error):
        client.login("code")


@pytest.mark.parametrize("cause", [requests.ConnectTimeout, requests.ReadTimeout, requests.ConnectionError])
def test_a_network_failure_shows_the_secret_to_nobody(
    wechat: Any, client: MiniProgramClient, lines: list[str], cause: type[Exception]
) -> None:
    wechat.get(LOGIN, body=cause(f"Max retries exceeded with url: /sns/jscode2session?secret={SECRET}"))

    with pytest.raises(WechatBusy) as failed:
        client.login("code")

    # Neither shown nor reachable: tools that walk __context__ find nothing either.
    assert (failed.value.__cause__, failed.value.__context__) == (None, None)
    assert SECRET not in "".join(lines)
    assert cause.__name__ in "".join(lines)


def test_no_call_leaves_inside_a_transaction(wechat: Any, client: MiniProgramClient) -> None:
    db.session.execute(text("SELECT 1"))

    with pytest.raises(TransactionOpen):
        client.login("code")
    with pytest.raises(TransactionOpen):
        client.phone_number("code")

    assert len(wechat.calls) == 0


def test_the_machines_proxies_are_not_used(client: MiniProgramClient) -> None:
    assert client._transport._session.trust_env is False


def test_one_token_serves_all_processes(wechat: Any, client: MiniProgramClient, redis: FakeRedis) -> None:
    body = {"grant_type": "client_credential", "appid": "wx123", "secret": SECRET, "force_refresh": False}
    wechat.post(TOKEN, json=token_answer("T1"), match=[matchers.json_params_matcher(body)])
    for _ in range(2):
        wechat.post(PHONE, json=phone_answer(), match=with_token("T1"))
    elsewhere = MiniProgramClient("wx123", SECRET, API, redis)

    assert [client.phone_number("c1"), elsewhere.phone_number("c2")] == ["13800138000", "13800138000"]
    assert (redis.get(TOKEN_KEY), redis.ttl(TOKEN_KEY)) == (b"T1", 6900)


def test_a_token_about_to_expire_is_not_kept(wechat: Any, client: MiniProgramClient, redis: FakeRedis) -> None:
    wechat.post(TOKEN, json=token_answer("T1", 300))
    wechat.post(PHONE, json=phone_answer())

    client.phone_number("code")

    assert redis.get(TOKEN_KEY) is None


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
def test_a_dead_token_is_replaced_by_force_once(
    wechat: Any, client: MiniProgramClient, redis: FakeRedis, errcode: int
) -> None:
    redis.set(TOKEN_KEY, "dead", ex=600)
    wechat.post(PHONE, json={"errcode": errcode}, match=with_token("dead"))
    fresh = wechat.post(TOKEN, json=token_answer("T2"))
    wechat.post(PHONE, json=phone_answer(), match=with_token("T2"))

    assert client.phone_number("code") == "13800138000"
    assert json.loads(fresh.calls[0].request.body)["force_refresh"] is True
    assert redis.get(TOKEN_KEY) == b"T2"


def test_a_second_dead_token_is_a_failure(wechat: Any, client: MiniProgramClient, redis: FakeRedis) -> None:
    redis.set(TOKEN_KEY, "dead", ex=600)
    wechat.post(TOKEN, json=token_answer("T2"))
    asked = wechat.post(PHONE, json={"errcode": 40001})

    with pytest.raises(WechatRefused):
        client.phone_number("code")

    assert asked.call_count == 2


def test_a_token_that_somebody_else_replaced_is_not_forced_again(
    wechat: Any, client: MiniProgramClient, redis: FakeRedis
) -> None:
    redis.set(TOKEN_KEY, "dead", ex=600)

    def refuse(_request: Any) -> tuple[int, dict[str, str], str]:
        redis.set(TOKEN_KEY, "T2", ex=600)
        return 200, {}, json.dumps({"errcode": 40001})

    wechat.add_callback("POST", PHONE, refuse, match=with_token("dead"))
    wechat.post(PHONE, json=phone_answer(), match=with_token("T2"))

    assert client.phone_number("code") == "13800138000"


def test_without_redis_each_process_keeps_its_own_token(
    wechat: Any, client: MiniProgramClient, redis_server: FakeServer
) -> None:
    redis_server.connected = False
    asked = wechat.post(TOKEN, json=token_answer("T1"))
    wechat.post(PHONE, json=phone_answer(), match=with_token("T1"))

    assert [client.phone_number("c1"), client.phone_number("c2")] == ["13800138000", "13800138000"]
    assert asked.call_count == 1


def test_without_redis_a_dead_token_is_replaced_too(
    wechat: Any, client: MiniProgramClient, redis_server: FakeServer
) -> None:
    redis_server.connected = False
    wechat.post(TOKEN, json=token_answer("T1"))
    wechat.post(PHONE, json={"errcode": 42001}, match=with_token("T1"))
    wechat.post(TOKEN, json=token_answer("T2"))
    wechat.post(PHONE, json=phone_answer(), match=with_token("T2"))

    assert client.phone_number("code") == "13800138000"


def test_phone_calls_are_counted_because_they_cost_money(
    wechat: Any, client: MiniProgramClient, redis: FakeRedis, lines: list[str]
) -> None:
    wechat.post(TOKEN, json=token_answer("T1"))
    wechat.post(PHONE, json=phone_answer())

    client.phone_number("c1")
    client.phone_number("c2")

    (key,) = redis.keys("wechat:phone_calls:wx123:*")
    assert redis.get(key) == b"2"
    assert len([line for line in lines if "phone number asked for" in line]) == 2
    assert "13800138000" not in "".join(lines)


@pytest.mark.parametrize("phone", ["", None, 13800138000, "1" * 21, "１３８００１３８０００", "138 0013 8000"])
def test_a_phone_that_is_no_number_is_refused(wechat: Any, client: MiniProgramClient, phone: Any) -> None:
    wechat.post(TOKEN, json=token_answer("T1"))
    wechat.post(PHONE, json=phone_answer(phone))

    with pytest.raises(WechatRefused):
        client.phone_number("code")

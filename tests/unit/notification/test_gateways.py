"""Which messenger a shop has, and how WeChat's answers are understood."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses
from fakeredis import FakeRedis
from flask import Flask
from loguru import logger
from responses import matchers
from sqlalchemy import text

from backend.notification.domain.port import Message, NotConfigured, NotDelivered, NotSubscribed, Rejected, TryAgain
from backend.notification.gateway.memory import MemoryMessenger
from backend.notification.gateway.unconfigured import UnconfiguredMessenger
from backend.notification.gateway.wechat import WechatMessenger
from backend.notification.wiring import make_messenger
from conf.settings import Settings, WechatSettings
from kit.cache.redis import init_redis
from kit.db.extension import db, init_db
from kit.service.transaction import TransactionOpen
from kit.wechat.miniprogram.client import MiniProgramClient

API = "https://api.weixin.qq.com"
TOKEN, SEND = f"{API}/cgi-bin/stable_token", f"{API}/cgi-bin/message/subscribe/send"
ACCOUNT = WechatSettings(appid="wx1234567890abcdef", app_secret="secret")
MESSAGE = Message(to="oAbCdEf", template_id="tpl-paid", page="pages/order?no=1", fields={"thing1": "机密的米"})


@pytest.fixture
def app() -> Iterator[Flask]:
    app = Flask("gateways")
    init_db(app, "sqlite://")
    init_redis(app, "memory://")
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def wechat() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as scripted:
        yield scripted


@pytest.fixture
def messenger(app: Flask) -> WechatMessenger:
    return WechatMessenger(MiniProgramClient("wx123", "app-secret", API, FakeRedis()))


@pytest.fixture
def lines() -> Iterator[list[str]]:
    kept: list[str] = []
    sink = logger.add(kept.append, level="DEBUG", format="{level} {message} {extra}", backtrace=True, diagnose=True)
    yield kept
    logger.remove(sink)


def token(name: str = "t1") -> dict[str, Any]:
    return {"access_token": name, "expires_in": 7200}


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        (Settings(env="production", wechat=ACCOUNT), WechatMessenger),
        (Settings(env="development", wechat=ACCOUNT), WechatMessenger),
        (Settings(env="development"), UnconfiguredMessenger),
        (Settings(env="development", wechat=WechatSettings(stand_in=True)), MemoryMessenger),
        (Settings(env="production", wechat=WechatSettings(stand_in=True)), UnconfiguredMessenger),
    ],
)
def test_the_stand_in_carries_messages_only_where_it_is_asked_for(
    app: Flask, settings: Settings, kind: type[Any]
) -> None:
    assert type(make_messenger(app, settings)) is kind


def test_a_shop_without_an_account_says_so() -> None:
    with pytest.raises(NotConfigured):
        UnconfiguredMessenger().send(MESSAGE)


def test_what_wechat_is_sent(wechat: Any, messenger: WechatMessenger, lines: list[str]) -> None:
    wechat.post(TOKEN, json=token())
    body = {
        "touser": "oAbCdEf",
        "template_id": "tpl-paid",
        "page": "pages/order?no=1",
        "data": {"thing1": {"value": "机密的米"}},
    }
    match = [matchers.json_params_matcher(body), matchers.query_param_matcher({"access_token": "t1"})]
    wechat.post(SEND, json={"errcode": 0, "errmsg": "ok"}, match=match)

    messenger.send(MESSAGE)

    assert "机密" not in "".join(lines)


@pytest.mark.parametrize(
    ("errcode", "failure", "level"),
    [
        (43101, NotSubscribed, None),
        (40003, Rejected, "WARNING"),
        (40037, Rejected, "WARNING"),
        (47003, Rejected, "WARNING"),
        (-1, TryAgain, "WARNING"),
        (45009, TryAgain, "WARNING"),
        (48001, TryAgain, "WARNING"),
    ],
)
def test_each_refusal_leads_somewhere_and_shows_nothing_of_the_message(
    wechat: Any, messenger: WechatMessenger, lines: list[str], errcode: int, failure: type[NotDelivered], level: Any
) -> None:
    wechat.post(TOKEN, json=token())
    wechat.post(SEND, json={"errcode": errcode, "errmsg": "oAbCdEf 机密的米"})

    with pytest.raises(NotDelivered) as raised:
        messenger.send(MESSAGE)

    assert type(raised.value) is failure
    shown = "".join(lines) + str(raised.value)
    assert "机密" not in shown
    assert "oAbCdEf" not in shown
    assert [line.split()[0] for line in lines] == ([level] if level else [])


@pytest.mark.parametrize("answer", [{"status": 502}, {"body": requests.ConnectionError("gone")}, {"body": "not JSON"}])
def test_no_answer_is_tried_again(wechat: Any, messenger: WechatMessenger, answer: dict[str, Any]) -> None:
    wechat.post(TOKEN, json=token())
    wechat.post(SEND, **answer)

    with pytest.raises(TryAgain):
        messenger.send(MESSAGE)


def test_a_dead_token_is_replaced_and_the_message_sent_once(wechat: Any, messenger: WechatMessenger) -> None:
    wechat.post(TOKEN, json=token("old"))
    wechat.post(TOKEN, json=token("new"))
    wechat.post(SEND, json={"errcode": 40001}, match=[matchers.query_param_matcher({"access_token": "old"})])
    wechat.post(SEND, json={"errcode": 0}, match=[matchers.query_param_matcher({"access_token": "new"})])

    messenger.send(MESSAGE)

    asked = [call.request for call in wechat.calls if call.request.url == TOKEN]
    forced = [json.loads(request.body)["force_refresh"] for request in asked]
    assert forced == [False, True]


@pytest.mark.parametrize("kind", ["wechat", "memory"])
def test_no_message_leaves_inside_a_transaction(app: Flask, messenger: WechatMessenger, kind: str) -> None:
    used = messenger if kind == "wechat" else MemoryMessenger()
    db.session.execute(text("SELECT 1"))
    with pytest.raises(TransactionOpen):
        used.send(MESSAGE)

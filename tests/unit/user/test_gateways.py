from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from backend.user.domain.error import WechatNotConfigured
from backend.user.domain.port import MiniProgram, WechatUser
from backend.user.gateway.memory import MemoryMiniProgram
from backend.user.gateway.unconfigured import UnconfiguredMiniProgram
from backend.user.gateway.wechat import WechatMiniProgram
from backend.user.wiring import services, wire
from conf.settings import Settings, WechatSettings
from kit.cache.redis import init_redis
from kit.db.extension import init_db
from kit.wechat.miniprogram.error import LoginCodeInvalid

ACCOUNT = WechatSettings(appid="wx1234567890abcdef", app_secret="secret")


@pytest.fixture
def app() -> Iterator[Flask]:
    app = Flask("gateways")
    init_db(app, "sqlite://")
    init_redis(app, "memory://")
    with app.app_context():
        yield app


@pytest.mark.parametrize(
    ("settings", "gateway"),
    [
        (Settings(env="production", wechat=ACCOUNT), WechatMiniProgram),
        (Settings(env="development", wechat=ACCOUNT), WechatMiniProgram),
        (Settings(env="development"), UnconfiguredMiniProgram),
        (Settings(env="development", wechat=WechatSettings(stand_in=True)), MemoryMiniProgram),
        (Settings(env="production", wechat=WechatSettings(stand_in=True)), UnconfiguredMiniProgram),
        (Settings(env="production"), UnconfiguredMiniProgram),
        (Settings(env="production", wechat=WechatSettings(app_secret="secret")), UnconfiguredMiniProgram),
    ],
)
def test_the_stand_in_answers_only_where_it_is_asked_for_and_never_in_production(
    app: Flask, settings: Settings, gateway: type[Any]
) -> None:
    wire(app, settings)

    assert type(services().member_login.wechat) is gateway
    assert services().profile.wechat is services().member_login.wechat


def test_the_stand_in_believes_codes_of_developers_only(app: Flask) -> None:
    wechat: MiniProgram = MemoryMiniProgram()

    assert wechat.login("dev-alice") == WechatUser("dev_alice")
    assert wechat.phone_number("dev-13800138000") == "13800138000"
    for refused in ("alice", "dev-", "dev-a b", "DEV-alice"):
        with pytest.raises(LoginCodeInvalid):
            wechat.login(refused)
    with pytest.raises(LoginCodeInvalid):
        wechat.phone_number("dev-alice")


def test_a_shop_without_an_account_says_so() -> None:
    with pytest.raises(WechatNotConfigured):
        UnconfiguredMiniProgram().login("code")
    with pytest.raises(WechatNotConfigured):
        UnconfiguredMiniProgram().phone_number("code")

"""The client of the mini-program server API, against the simulator."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fakeredis import FakeRedis
from flask import Flask

from kit.db.extension import init_db
from kit.wechat.miniprogram.client import LoginResult, MiniProgramClient
from kit.wechat.miniprogram.error import LoginCodeInvalid, WechatBusy, WechatRefused
from kit.wechat.simulator.client import SimulatorControl
from kit.wechat.simulator.server import SimulatorServer
from kit.wechat.simulator.settings_file import settings_of


@pytest.fixture(autouse=True)
def buyer(control: SimulatorControl) -> None:
    control.create_user(openid="buyer", unionid="u_buyer", phone="13800138000")


@pytest.fixture(autouse=True)
def context() -> Iterator[None]:
    app = Flask("client")
    init_db(app, "sqlite://")
    with app.app_context():
        yield


@pytest.fixture
def settings(running_simulator: SimulatorServer) -> dict[str, str]:
    return settings_of(running_simulator.world.keyring, running_simulator.url)


@pytest.fixture
def client(settings: dict[str, str]) -> MiniProgramClient:
    appid, secret, url = (settings[f"WECHAT_{name}"] for name in ("APPID", "APP_SECRET", "API_URL"))
    return MiniProgramClient(appid, secret, url, FakeRedis())


def test_a_code_logs_in_once(client: MiniProgramClient, control: SimulatorControl) -> None:
    code = control.login_code("buyer")

    result = client.login(code)

    assert result == LoginResult("buyer", "u_buyer")
    with pytest.raises(LoginCodeInvalid):
        client.login(code)
    with pytest.raises(LoginCodeInvalid):
        client.login("invented")


def test_bad_weather_has_a_name(client: MiniProgramClient, control: SimulatorControl) -> None:
    control.weather("errcode", prefix="/sns", errcode=45011)
    code = control.login_code("buyer")

    with pytest.raises(WechatBusy):
        client.login(code)

    assert isinstance(client.login(code), LoginResult)


def test_a_wrong_secret_is_refused(settings: dict[str, str], control: SimulatorControl) -> None:
    stranger = MiniProgramClient(settings["WECHAT_APPID"], "guess", settings["WECHAT_API_URL"], FakeRedis())

    with pytest.raises(WechatRefused):
        stranger.login(control.login_code("buyer"))
    with pytest.raises(WechatRefused):
        stranger.phone_number(control.phone_code("buyer"))


def test_the_phone_survives_an_expired_token(client: MiniProgramClient, control: SimulatorControl) -> None:
    assert client.phone_number(control.phone_code("buyer")) == "13800138000"

    control.expire_access_token()

    assert client.phone_number(control.phone_code("buyer")) == "13800138000"

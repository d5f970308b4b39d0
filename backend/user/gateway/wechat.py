"""The real mini-program."""

from __future__ import annotations

from backend.user.domain.port import WechatUser
from kit.wechat.miniprogram.client import MiniProgramClient


class WechatMiniProgram:
    """`domain.port.MiniProgram` over WeChat's server API."""

    def __init__(self, client: MiniProgramClient) -> None:
        self._client = client

    def login(self, code: str) -> WechatUser:
        result = self._client.login(code)
        return WechatUser(result.openid, result.unionid)

    def phone_number(self, code: str) -> str:
        return self._client.phone_number(code)

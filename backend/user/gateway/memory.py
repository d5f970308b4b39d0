"""A mini-program that believes what it is told: for tests, and development without WeChat. Never in production."""

from __future__ import annotations

import re

from backend.user.domain.port import WechatUser
from kit.service.transaction import assert_no_transaction
from kit.wechat.miniprogram.error import LoginCodeInvalid

_CODE = re.compile(r"dev-([A-Za-z0-9_]{1,40})")


class MemoryMiniProgram:
    """``dev-alice`` logs alice in, as often as one likes; ``dev-13800138000`` from the phone button is that number."""

    def login(self, code: str) -> WechatUser:
        return WechatUser(openid=f"dev_{_meaning(code)}")

    def phone_number(self, code: str) -> str:
        number = _meaning(code)
        if not number.isdigit() or len(number) > 20:
            raise LoginCodeInvalid
        return number


def _meaning(code: str) -> str:
    assert_no_transaction()
    match = _CODE.fullmatch(code)
    if match is None:
        raise LoginCodeInvalid
    return match.group(1)

"""What we need of a mini-program platform, in our words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class WechatUser:
    """Somebody as WeChat knows them. `unionid` is the same across all apps of one owner; not every app has it."""

    openid: str
    unionid: str | None = None


class MiniProgram(Protocol):
    """Both raise what `kit.wechat.miniprogram.error` names, and neither may be called inside a transaction."""

    def login(self, code: str) -> WechatUser:
        """Who got `code` from `wx.login`. A code works once."""

    def phone_number(self, code: str) -> str:
        """The verified number behind the phone button's `code`, digits only."""

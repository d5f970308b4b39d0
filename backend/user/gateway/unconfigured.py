"""The mini-program of a production shop without an AppID: commands run, nobody logs in."""

from __future__ import annotations

from typing import NoReturn

from backend.user.domain.error import WechatNotConfigured


class UnconfiguredMiniProgram:
    """Refuses; a serving process does not even start like this (conf.production)."""

    def login(self, code: str) -> NoReturn:
        raise WechatNotConfigured

    def phone_number(self, code: str) -> NoReturn:
        raise WechatNotConfigured

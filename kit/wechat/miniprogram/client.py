"""What the shop asks WeChat about its users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

import requests
from loguru import logger
from redis import Redis
from redis.exceptions import RedisError

from kit.domain.clock import utc_now
from kit.wechat.miniprogram.access_token import AccessTokens
from kit.wechat.miniprogram.error import WechatRefused
from kit.wechat.miniprogram.transport import Transport

# Invalid, malformed, expired: somebody elsewhere forced a new token, or ours ran out early.
_TOKEN_DEAD = {40001, 40014, 42001}
_MAX_OPENID = 64
_MAX_PHONE = 20


@dataclass(frozen=True)
class LoginResult:
    """Who a login code stands for. The session_key that comes with it is dropped here."""

    openid: str
    unionid: str | None


class MiniProgramClient:
    """The mini-program server API of one AppID, for at most `max_calls` threads at once.

    Thread-safe; every method asserts that no transaction is open.
    """

    def __init__(
        self,
        appid: str,
        app_secret: str,
        api_url: str,
        redis: Redis,
        session: requests.Session | None = None,
        *,
        max_calls: int = 3,
    ) -> None:
        self._appid = appid
        self._app_secret = app_secret
        self._redis = redis
        self._transport = Transport(api_url, session, max_calls=max_calls)
        self._tokens = AccessTokens(self._transport, appid, app_secret, redis)

    def login(self, code: str) -> LoginResult:
        """Who called `wx.login` and got `code`. Raises `LoginCodeInvalid`, `WechatBusy`, `WechatRefused`."""
        query = {
            "appid": self._appid,
            "secret": self._app_secret,
            "js_code": code,
            "grant_type": "authorization_code",
        }
        answer = self._transport.call("GET", "/sns/jscode2session", query=query)
        openid, unionid = answer.get("openid"), answer.get("unionid") or None
        if not _is_ascii(openid, _MAX_OPENID):
            raise WechatRefused
        if unionid is not None and not _is_ascii(unionid, _MAX_OPENID):
            raise WechatRefused
        return LoginResult(openid, unionid)

    def phone_number(self, code: str) -> str:
        """The number behind the phone button's own `code`, digits without country code. Each call costs money."""
        self._count_phone_call()
        answer = self._call_with_token("/wxa/business/getuserphonenumber", {"code": code})
        phone_info = answer.get("phone_info")
        phone = phone_info.get("purePhoneNumber") if isinstance(phone_info, dict) else None
        if not _is_ascii(phone, _MAX_PHONE) or not phone.isdigit():
            raise WechatRefused
        return phone

    def send_subscribe_message(self, *, openid: str, template_id: str, page: str, data: Mapping[str, str]) -> None:
        """Send one subscribe message (订阅消息); `data` maps the template's fields (thing1, …) to their text.

        Returns when WeChat has taken it, which uses one subscription up. Raises `NotSubscribed`, `WechatBusy` (also
        when nobody knows whether it was taken) and `WechatRefused`, whose errcode is 40003 for the openid, 40037 for
        the template and 47003 for a field.
        """
        body = {
            "touser": openid,
            "template_id": template_id,
            "page": page,
            "data": {field: {"value": text} for field, text in data.items()},
        }
        self._call_with_token("/cgi-bin/message/subscribe/send", body)

    def _call_with_token(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        token = self._tokens.current()
        try:
            return self._transport.call("POST", path, query={"access_token": token}, body=body)
        except WechatRefused as refused:
            if refused.errcode not in _TOKEN_DEAD:
                raise
        token = self._tokens.replacement(token)
        return self._transport.call("POST", path, query={"access_token": token}, body=body)

    def _count_phone_call(self) -> None:
        month = f"{utc_now():%Y%m}"
        logger.info("wechat phone number asked for; counted in {}", month)
        try:
            self._redis.incr(f"wechat:phone_calls:{self._appid}:{month}")
        except RedisError as error:
            logger.warning("phone call not counted: {}", type(error).__name__)


def _is_ascii(value: object, max_length: int) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= max_length and value.isascii() and value.isprintable()

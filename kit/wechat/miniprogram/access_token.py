"""The mini-program's access token: one for all processes, kept in Redis; without Redis each process keeps its own."""

from __future__ import annotations

import time
from typing import NamedTuple

from loguru import logger
from redis import Redis
from redis.exceptions import RedisError

from kit.wechat.miniprogram.error import WechatRefused
from kit.wechat.miniprogram.transport import Transport

_EARLY_SECONDS = 300


class _Kept(NamedTuple):
    token: str
    until: float  # of time.monotonic()


class AccessTokens:
    """Reads `POST /cgi-bin/stable_token`, which gives every caller the same token until it runs out."""

    def __init__(self, transport: Transport, appid: str, app_secret: str, redis: Redis) -> None:
        self._transport = transport
        self._appid = appid
        self._app_secret = app_secret
        self._redis = redis
        self._key = f"wechat:access_token:{appid}"
        self._kept: _Kept | None = None

    def current(self) -> str:
        """A token that should work."""
        return self._cached() or self._fetch(force=False)

    def replacement(self, dead: str) -> str:
        """A token instead of `dead`, which WeChat no longer takes. Forcing is rationed (20 a day): look first."""
        cached = self._cached()
        if cached is not None and cached != dead:
            return cached
        return self._fetch(force=True)

    def _cached(self) -> str | None:
        try:
            value = self._redis.get(self._key)
        except RedisError:
            kept = self._kept
            return kept.token if kept is not None and kept.until > time.monotonic() else None
        return value.decode() if isinstance(value, bytes) else None

    def _fetch(self, *, force: bool) -> str:
        body = {
            "grant_type": "client_credential",
            "appid": self._appid,
            "secret": self._app_secret,
            "force_refresh": force,
        }
        answer = self._transport.call("POST", "/cgi-bin/stable_token", body=body)
        token, seconds = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(seconds, int):
            raise WechatRefused
        self._keep(token, seconds - _EARLY_SECONDS)
        return token

    def _keep(self, token: str, seconds: int) -> None:
        if seconds <= 0:
            return
        self._kept = _Kept(token, time.monotonic() + seconds)
        try:
            self._redis.set(self._key, token, ex=seconds)
        except RedisError as error:
            logger.warning("access token kept in this process only: {}", type(error).__name__)

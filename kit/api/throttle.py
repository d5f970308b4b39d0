"""Limits how often login and token routes are tried. Kept in Redis, in memory while Redis is away."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, Response, request
from flask_limiter import Limiter, RequestLimit

from kit.api.error import render_domain
from kit.api.network import client_network
from kit.cache.redis import ANSWER_SECONDS, CONNECT_SECONDS
from kit.security.error import TooManyRequests

V = TypeVar("V", bound=Callable[..., Any])

limiter = Limiter(key_func=client_network, headers_enabled=False, swallow_errors=True)

TOKEN_ROUTES = "30 per minute"
PASSWORD_ROUTES = "10 per minute"


def throttled(
    limit: str, *, together: str | None = None, key_func: Callable[[], str] | None = None
) -> Callable[[V], V]:
    """At most `limit` requests per `key_func` (None: per client's network). The same `together` shares what is left."""
    if together is None:
        decorate: Any = limiter.limit(limit, key_func=key_func)
    else:
        decorate = limiter.shared_limit(limit, scope=together, key_func=key_func)

    def mark(view: V) -> V:
        limited: Any = decorate(view)
        limited.__throttled__ = True
        return cast("V", limited)

    return mark


def by_refresh_token() -> str:
    """Throttle a refresh by its token: thousands of customers share the address of a carrier or an office."""
    body = request.get_json(silent=True)
    token = body.get("refresh_token") if isinstance(body, dict) else None
    if not isinstance(token, str):
        return client_network()
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def init_throttle(app: Flask, *, redis_url: str, enabled: bool) -> None:
    """Bind the limiter. Only routes that ask for a limit have one; callbacks never do."""
    app.config["RATELIMIT_ENABLED"] = enabled
    app.config["RATELIMIT_STORAGE_URI"] = redis_url
    if not redis_url.startswith("memory://"):
        limits = {"socket_connect_timeout": CONNECT_SECONDS, "socket_timeout": ANSWER_SECONDS}
        app.config["RATELIMIT_STORAGE_OPTIONS"] = limits
        app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = True
    app.config["RATELIMIT_ON_BREACH_CALLBACK"] = _refuse
    limiter.init_app(app)


def _refuse(_limit: RequestLimit) -> Response:
    return render_domain(TooManyRequests())

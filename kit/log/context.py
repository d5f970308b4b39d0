"""Who is asking, and which request this is. Travels through outbox rows into workers."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
_actor: ContextVar[str | None] = ContextVar("actor", default=None)
_WELL_FORMED = re.compile(r"[A-Za-z0-9_\-]{8,64}")


def new_request_id() -> str:
    """A fresh request id, 32 hexadecimal digits."""
    return uuid.uuid4().hex


def accepted_request_id(offered: str | None) -> str:
    """The caller's X-Request-ID if it is harmless in logs, else a fresh one."""
    return offered if offered and _WELL_FORMED.fullmatch(offered) else new_request_id()


def request_id() -> str | None:
    """The id of the request, or of the request whose consequence this task is."""
    return _request_id.get()


def actor() -> str | None:
    """Who acts, e.g. ``member:123``, ``staff:7``, ``system:sweep``."""
    return _actor.get()


def set_actor(value: str | None) -> None:
    """Name who acts from here on in this request."""
    _actor.set(value)


@contextmanager
def acting(*, request: str | None, actor: str | None) -> Iterator[None]:
    """Everything logged and recorded inside belongs to this request and actor."""
    request_token, actor_token = _request_id.set(request), _actor.set(actor)
    try:
        yield
    finally:
        _request_id.reset(request_token)
        _actor.reset(actor_token)

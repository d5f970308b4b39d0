"""Subscriptions of users to message templates, each used up by one message, and the messages that arrived."""

import re
from collections import Counter
from dataclasses import dataclass
from threading import RLock
from typing import Any

from kit.wechat.simulator.clock import Clock, rfc3339
from kit.wechat.simulator.errors import ControlError, MiniProgramError
from kit.wechat.simulator.keys import Identity
from kit.wechat.simulator.message_rules import fits, kind_of
from kit.wechat.simulator.users import Users

TEMPLATE_ID = re.compile(r"[0-9A-Za-z_-]{6,64}")


@dataclass(frozen=True)
class Message:
    at: str
    openid: str
    template_id: str
    page: str
    data: dict[str, str]
    miniprogram_state: str
    lang: str


class Messages:
    """Until a template is registered any well-formed id is one, and its fields may be of any kind."""

    def __init__(self, *, identity: Identity, users: Users, clock: Clock, lock: RLock) -> None:
        self._identity = identity
        self._users = users
        self._clock = clock
        self._lock = lock
        self._templates: dict[str, frozenset[str]] = {}
        self._left: Counter[tuple[str, str]] = Counter()
        self._sent: list[Message] = []

    def register(self, template_id: str, fields: list[str]) -> None:
        """From now on only registered templates exist; a message must fill exactly these fields."""
        for name in fields:
            if not kind_of(name):
                raise ControlError(f"no such kind of field: {name}")
        with self._lock:
            self._templates[template_id] = frozenset(fields)

    def subscribe(self, openid: str, template_id: str, times: int) -> int:
        """wx.requestSubscribeMessage, accepted `times` times; how many messages may now be sent. 0 takes all back."""
        if self._users.find(openid) is None:
            raise ControlError(f"no user {openid}", 404)
        if not self._exists(template_id):
            raise ControlError(f"no template {template_id}", 404)
        with self._lock:
            key = (openid, template_id)
            self._left[key] = self._left[key] + times if times else 0
            return self._left[key]

    def send(self, body: dict[str, Any]) -> None:
        with self._lock:
            user = self._users.find(body["touser"])
            if user is None or user.appid != self._identity.appid:
                raise MiniProgramError(40003)
            if not self._exists(body["template_id"]):
                raise MiniProgramError(40037)
            data = self._checked(body["template_id"], body["data"])
            key = (user.openid, body["template_id"])
            if not self._left[key]:
                raise MiniProgramError(43101)
            self._left[key] -= 1
            state, lang = body.get("miniprogram_state", "formal"), body.get("lang", "zh_CN")
            self._sent.append(Message(rfc3339(self._clock()), *key, body.get("page", ""), data, state, lang))

    def sent(self, openid: str = "") -> list[dict[str, Any]]:
        with self._lock:
            return [vars(message) for message in self._sent if openid in ("", message.openid)]

    def clear(self) -> None:
        with self._lock:
            self._templates.clear()
            self._left.clear()
            self._sent.clear()

    def _exists(self, template_id: str) -> bool:
        return template_id in self._templates if self._templates else bool(TEMPLATE_ID.fullmatch(template_id))

    def _checked(self, template_id: str, data: dict[str, Any]) -> dict[str, str]:
        fields = self._templates.get(template_id)
        missing = sorted((fields or data.keys()) - data.keys())
        wrong = [name for name, cell in data.items() if not fits(name, cell["value"])]
        unknown = sorted(data.keys() - fields) if fields else []
        if missing or wrong or unknown or not data:
            raise MiniProgramError(47003, f"data.{(*missing, *wrong, *unknown, '')[0]}.value invalid")
        return {name: cell["value"] for name, cell in data.items()}

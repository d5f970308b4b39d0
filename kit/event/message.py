"""A message on its way, detached from the database: the relay works on it between transactions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kit.event.outbox import MessageKind


@dataclass(frozen=True, kw_only=True)
class Message:
    """A claimed outbox row. `consumer` is set when one consumer of an event must be tried again."""

    id: int
    kind: MessageKind
    name: str
    payload: dict[str, Any]
    consumer: str | None
    event_id: int
    actor: str | None
    request_id: str | None
    attempt: int

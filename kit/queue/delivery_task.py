"""The task behind every event: one consumer reacts to one event."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert

from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.domain.identity import new_id
from kit.event.bus import Bus, Delivery
from kit.event.outbox import MessageKind, OutboxMessage
from kit.log.context import actor, request_id
from kit.queue.base_task import BaseTask

DELIVER = "kit.deliver"


class DeliveryTask(BaseTask):
    """A failure is retried for this consumer alone; the others have handled the event."""

    name = DELIVER
    abstract = False

    def run(self, *, consumer: str, event_id: int, name: str, payload: dict[str, Any], **_: Any) -> None:
        bus: Bus = self.app.flask_app.extensions["qiyuan_bus"]
        bus.deliver(Delivery(consumer=consumer, event_id=event_id, name=name, payload=payload), now=utc_now())

    def schedule_again(self, arguments: dict[str, Any], *, due_at: datetime, attempt: int, error: Exception) -> None:
        row = {
            "id": new_id(),
            "kind": MessageKind.EVENT,
            "name": arguments["name"],
            "event_version": 1,
            "consumer": arguments["consumer"],
            "payload": arguments["payload"],
            "event_id": arguments["event_id"],
            "occurred_at": utc_now(),
            "actor": actor(),
            "request_id": request_id(),
            "attempt": attempt,
            "due_at": due_at,
            "last_error": repr(error)[:2000],
        }
        db.session.execute(insert(OutboxMessage), [row])

"""Moves outbox rows to the broker: claim, publish outside any transaction, mark delivered.

At least once: a relay that dies between publishing and marking publishes again when its lease expires, and the
consumers' inbox drops the copy. Several relays may run; `SKIP LOCKED` keeps them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Protocol

from loguru import logger
from sqlalchemy import select, update

from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.event.bus import Bus, Delivery
from kit.event.message import Message
from kit.event.outbox import MessageKind, OutboxMessage
from kit.log.context import acting
from kit.service.transaction import in_transaction

LEASE = timedelta(seconds=60)
BATCH = 100
LOCAL_RETRY = timedelta(seconds=5)


class BrokerDown(Exception):
    """The broker did not take the message in time."""


class Publisher(Protocol):
    """What the relay needs of the broker. Both raise `BrokerDown`; both return only when the broker has confirmed."""

    def publish_delivery(self, delivery: Delivery, *, message: Message) -> None:
        """Send one event to one consumer."""

    def publish_task(self, message: Message) -> None:
        """Send one task request."""


@dataclass(frozen=True)
class Drained:
    """What one pass did."""

    published: int = 0
    handled_here: int = 0
    broker_down: bool = False


class Relay:
    """One pass over the pending rows; `flask relay` repeats it."""

    def __init__(self, bus: Bus, publisher: Publisher, clock: Callable[[], datetime] = utc_now) -> None:
        self._bus = bus
        self._publisher = publisher
        self._clock = clock

    def drain(self, *, limit: int = BATCH) -> Drained:
        """Move up to `limit` due messages."""
        messages = self._claim(limit)
        published: list[int] = []
        for number, message in enumerate(messages):
            try:
                self._publish(message)
            except BrokerDown as error:
                logger.warning("broker down, {} of {} messages published: {}", len(published), len(messages), error)
                self._mark_delivered(published)
                return Drained(len(published), self._without_broker(messages[number:]), broker_down=True)
            except Exception:
                # One message that cannot be sent must not hold the others; it comes back when its lease expires.
                logger.exception("message {} {} could not be published", message.name, message.id)
            else:
                published.append(message.id)
        self._mark_delivered(published)
        return Drained(len(published))

    def _claim(self, limit: int) -> Sequence[Message]:
        def claim() -> Sequence[Message]:
            now = self._clock()
            due = (
                select(*(getattr(OutboxMessage, field.name) for field in fields(Message)))
                .where(OutboxMessage.delivered_at.is_(None), OutboxMessage.due_at <= now)
                .order_by(OutboxMessage.due_at, OutboxMessage.id)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
            messages = [Message(**row._mapping) for row in db.session.execute(due)]
            self._set_due(messages, now + LEASE)
            return messages

        return in_transaction(claim)

    def _set_due(self, messages: Sequence[Message], due_at: datetime) -> None:
        ids = [message.id for message in messages]
        if ids:
            postpone = update(OutboxMessage).where(OutboxMessage.id.in_(ids), OutboxMessage.delivered_at.is_(None))
            db.session.execute(postpone.values(due_at=due_at), execution_options={"synchronize_session": False})

    def _publish(self, message: Message) -> None:
        if message.kind is MessageKind.TASK:
            self._publisher.publish_task(message)
            return
        for delivery in self._deliveries(message):
            self._publisher.publish_delivery(delivery, message=message)

    def _deliveries(self, message: Message) -> list[Delivery]:
        consumers = [message.consumer] if message.consumer else self._bus.consumers_of(message.name)
        return [
            Delivery(consumer=consumer, event_id=message.event_id, name=message.name, payload=message.payload)
            for consumer in consumers
        ]

    def _mark_delivered(self, ids: list[int]) -> None:
        if not ids:
            return
        now = self._clock()
        delivered = update(OutboxMessage).where(OutboxMessage.id.in_(ids)).values(delivered_at=now)
        in_transaction(lambda: db.session.execute(delivered, execution_options={"synchronize_session": False}))

    def _without_broker(self, messages: Sequence[Message]) -> int:
        """Let the consumers of events react in this process, so that a paid order becomes paid without RabbitMQ.

        Tasks wait for the broker. A message the broker took without confirming is handled twice and dropped once.
        """
        handled = [message.id for message in messages if message.kind is MessageKind.EVENT and self._handle(message)]
        self._mark_delivered(handled)
        waiting = [message for message in messages if message.id not in set(handled)]
        in_transaction(lambda: self._set_due(waiting, self._clock() + LOCAL_RETRY))
        return len(handled)

    def _handle(self, message: Message) -> bool:
        with acting(request=message.request_id, actor=message.actor):
            try:
                for delivery in self._deliveries(message):
                    self._bus.deliver(delivery, now=self._clock())
            except Exception:
                logger.exception("event {} {} failed in the relay; tried again later", message.name, message.id)
                return False
        return True

"""Publishes outbox messages through Celery with confirms and time limits, on a connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from amqp.exceptions import AMQPError, MessageNacked
from celery import Celery
from kombu import Connection
from kombu.exceptions import OperationalError

from kit.event.bus import Delivery
from kit.event.message import Message
from kit.event.relay import BrokerDown
from kit.queue.delivery_task import DELIVER

_CONFIRM_SECONDS = 5


class CeleryPublisher:
    """Sends to the queue that `queue_of` names for a task or consumer."""

    def __init__(self, celery: Celery, queue_of: Callable[[str], str]) -> None:
        self._celery = celery
        self._queue_of = queue_of
        self._connection: Connection | None = None
        self._producer: Any = None

    def publish_delivery(self, delivery: Delivery, *, message: Message) -> None:
        # The same id for a repeated delivery: the copies can be recognised in logs and in the dead-letter queue.
        task_id = f"{message.id}-{delivery.consumer}"
        self._send(DELIVER, asdict(delivery), message, queue=self._queue_of(DELIVER), task_id=task_id)

    def publish_task(self, message: Message) -> None:
        self._send(message.name, message.payload, message, queue=self._queue_of(message.name), task_id=str(message.id))

    def _send(self, name: str, arguments: Mapping[str, Any], message: Message, *, queue: str, task_id: str) -> None:
        try:
            self._celery.send_task(
                name,
                kwargs=dict(arguments),
                queue=queue,
                task_id=task_id,
                headers=_headers(message),
                producer=self._open_producer(),
                retry=False,
                confirm_timeout=_CONFIRM_SECONDS,
                # Without it the broker confirms a message that no queue takes, and drops it.
                mandatory=True,
            )
        except (OSError, OperationalError, AMQPError, MessageNacked) as error:
            # A connection that failed once is never trusted again: the next message opens a new one.
            self.close()
            raise BrokerDown(repr(error)) from error

    def _open_producer(self) -> Any:
        if self._producer is None:
            self._connection = self._celery.connection_for_write()
            self._connection.ensure_connection(max_retries=1, interval_start=0, timeout=3)
            self._producer = self._celery.amqp.Producer(self._connection, auto_declare=False)
        return self._producer

    def close(self) -> None:
        """Drop the connection without waiting for a broker that hangs."""
        connection, self._connection, self._producer = self._connection, None, None
        if connection is not None:
            connection.collect()


class EmbeddedPublisher(CeleryPublisher):
    """For a ``memory://`` broker, which forgets on restart: events are delivered at once, in the relay's thread.

    A failure is written to the outbox again like everywhere. Tasks go through the broker: timers ask for them again.
    """

    def publish_delivery(self, delivery: Delivery, *, message: Message) -> None:
        self._celery.tasks[DELIVER].apply(kwargs=asdict(delivery), headers=_headers(message))


def _headers(message: Message) -> dict[str, Any]:
    return {"request_id": message.request_id, "actor": message.actor, "attempt": message.attempt}

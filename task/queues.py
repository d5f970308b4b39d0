"""Queues: quorum queues on a topic exchange, with a delivery limit and a dead-letter queue (design rule 14)."""

from __future__ import annotations

from kombu import Connection, Exchange, Queue

from kit.queue.delivery_task import DELIVER

EXCHANGE = Exchange("qiyuan", type="topic", durable=True)
DEAD_EXCHANGE = Exchange("qiyuan.dead", type="fanout", durable=True)
DELIVERY_LIMIT = 5

EVENTS = "qiyuan.events"
PAYMENT = "qiyuan.payment"
MESSAGES = "qiyuan.messages"
SWEEPS = "qiyuan.sweeps"
TIMERS = "qiyuan.timers"
BULK = "qiyuan.bulk"

_QUORUM = {"x-queue-type": "quorum", "x-delivery-limit": DELIVERY_LIMIT}
_LETTERS = {"x-dead-letter-exchange": DEAD_EXCHANGE.name}


def _queue(name: str, **arguments: str) -> Queue:
    return Queue(name, EXCHANGE, routing_key=name, durable=True, queue_arguments=_QUORUM | arguments)


QUEUES = (
    _queue(EVENTS, **_LETTERS),
    _queue(PAYMENT, **_LETTERS),
    _queue(MESSAGES, **_LETTERS),
    _queue(SWEEPS, **_LETTERS),
    _queue(BULK, **_LETTERS),
    # What expires here is gone: with a dead-letter exchange each hour without a worker would leave 2,500 dead letters.
    _queue(TIMERS),
)
# To look at a dead letter counts as a delivery, and after 20 of them RabbitMQ 4 would drop it.
_KEPT = {"x-queue-type": "quorum", "x-delivery-limit": 1_000_000}
DEAD_QUEUE = Queue("qiyuan.dead", DEAD_EXCHANGE, durable=True, queue_arguments=_KEPT)

GROUPS: dict[str, tuple[str, ...]] = {
    "events": (EVENTS,),
    "payment": (PAYMENT,),
    "background": (MESSAGES, SWEEPS, TIMERS),
    "bulk": (BULK,),
}
"""Workers by what they consume, so that none waits for another: payment tasks wait for WeChat, sweeps are long."""

_BY_PREFIX = {
    "payment.": PAYMENT,
    "notification.": MESSAGES,
    "kit.run_job": BULK,
    "reporting.run_job": BULK,
    "media.": BULK,
    DELIVER: EVENTS,
}


def queue_of(task: str) -> str:
    """The queue of a task: payments, messages and events do not wait for each other; imports and exports behind all."""
    for prefix, queue in _BY_PREFIX.items():
        if task.startswith(prefix):
            return queue
    return SWEEPS


def declare_dead_letters(connection: Connection) -> None:
    """Declare what only the broker writes to; Celery declares the consumed queues itself."""
    with connection.channel() as channel:
        DEAD_QUEUE(channel).declare()

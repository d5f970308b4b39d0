"""What waits in the queues, who listens, and what has died."""

from __future__ import annotations

from collections.abc import Iterator

from amqp.exceptions import NotFound
from celery import Celery
from kombu import Connection
from kombu.exceptions import OperationalError as BrokerError

from conf.settings import Settings
from task.doctor.finding import Finding, bad, fine, note
from task.queues import DEAD_QUEUE, QUEUES

BACKLOG = 1000


def examine_queues(celery: Celery, settings: Settings) -> list[Finding]:
    """One finding for each queue. Nothing when embedded, or when the broker is away, which is reported elsewhere."""
    if settings.is_embedded:
        return []
    try:
        with celery.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=2)
            return [*_consumed(connection), _dead(connection)]
    except (BrokerError, OSError):
        return []


def _consumed(connection: Connection) -> Iterator[Finding]:
    for queue in QUEUES:
        counts = _counts(connection, queue.name)
        if counts is None:
            yield note(queue.name, "does not exist yet: the first worker makes it (celery -A celery_worker worker)")
            continue
        waiting, listeners = counts
        if waiting > BACKLOG:
            yield bad(queue.name, f"{waiting} messages wait for {listeners} workers: start more, and read their logs.")
        elif listeners == 0:
            yield note(queue.name, f"{waiting} messages wait and nobody listens: celery -A celery_worker worker")
        else:
            yield fine(queue.name, f"{waiting} messages wait, {listeners} listen")


def _dead(connection: Connection) -> Finding:
    counts = _counts(connection, DEAD_QUEUE.name)
    if counts is None:
        return note(DEAD_QUEUE.name, "does not exist yet: the first worker makes it")
    if counts[0]:
        advice = "flask --app autoapp queue dead shows them; --requeue sends them again once the cause is mended."
        return bad(DEAD_QUEUE.name, f"{counts[0]} dead letters: {advice}")
    return fine(DEAD_QUEUE.name, "0 dead letters")


def _counts(connection: Connection, name: str) -> tuple[int, int] | None:
    """Messages and listeners; None without such a queue, for which the broker closes the channel."""
    channel = connection.channel()
    try:
        declared = channel.queue_declare(name, passive=True)
    except NotFound:
        return None
    found: tuple[int, int] = (declared.message_count, declared.consumer_count)
    channel.close()
    return found

"""The Celery app: built for one Flask application, never at import."""

from __future__ import annotations

from typing import Any

from celery import Celery
from celery.bootsteps import StartStopStep
from celery.signals import beat_init, setup_logging, worker_init, worker_process_init
from celery.worker.consumer import Connection as ConnectionStep
from flask import Flask
from kombu import Connection

from conf.settings import Settings
from kit.db.extension import db
from kit.queue.base_task import BaseTask
from kit.queue.delivery_task import DeliveryTask
from task.beating import WorkerHeartbeat
from task.queues import QUEUES, SWEEPS, declare_dead_letters, queue_of
from task.readiness import refuse_unready
from task.schedule import SCHEDULE
from task.tasks import register_tasks

CELERY_KEY = "qiyuan_celery"


def make_celery(flask_app: Flask, settings: Settings) -> Celery:
    """Configure Celery for `settings.broker` and register every task."""
    celery = Celery("qiyuan", task_cls=BaseTask, set_as_current=False)
    celery.flask_app = flask_app
    celery.heartbeat_file = settings.process.heartbeat_file
    celery.conf.update(_configuration(settings))
    celery.steps["consumer"].add(DeadLetters)
    celery.steps["consumer"].add(WorkerHeartbeat)
    celery.register_task(DeliveryTask())
    register_tasks(celery)
    _connect_signals(celery, settings)
    flask_app.extensions[CELERY_KEY] = celery
    return celery


class DeadLetters(StartStopStep):  # type: ignore[misc]  # celery ships no types
    """Declares the dead-letter queue whenever the worker has connected: the broker may have come later, or be new.

    Without it RabbitMQ drops dead letters silently.
    """

    requires = (ConnectionStep,)

    def include_if(self, consumer: Any) -> bool:
        return bool(consumer.app.connection_for_write().transport.driver_type == "amqp")

    def start(self, consumer: Any) -> None:
        declare_dead_letters(consumer.connection)


def _configuration(settings: Settings) -> dict[str, Any]:
    return {
        "broker_url": settings.broker.url,
        "broker_connection_timeout": 3,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_transport_options": _transport_options(settings),
        "task_queues": QUEUES,
        "task_default_queue": SWEEPS,
        "task_default_exchange": QUEUES[0].exchange.name,
        "task_default_exchange_type": "topic",
        "task_default_routing_key": SWEEPS,
        "task_default_queue_type": "quorum",
        "task_create_missing_queues": False,
        "task_routes": lambda name, *_args, **_kwargs: {"queue": queue_of(name)},
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        # A task that failed for good is rejected, so that the broker puts it into the dead-letter queue.
        "task_acks_on_failure_or_timeout": False,
        "task_ignore_result": True,
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_publish_retry": False,
        "task_time_limit": 600,
        "task_soft_time_limit": 540,
        "worker_prefetch_multiplier": 1,
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        "worker_enable_remote_control": False,
        "worker_send_task_events": settings.broker.task_events,
        "worker_hijack_root_logger": False,
        "beat_schedule": SCHEDULE,
        "beat_scheduler": "task.beating:BeatingScheduler",
        "timezone": "UTC",
    }


def _transport_options(settings: Settings) -> dict[str, Any]:
    if settings.is_embedded:
        # The default of one second would let a hundred tasks take 49 s.
        return {"polling_interval": 0.02}
    return {
        "confirm_publish": True,
        "connect_timeout": 3,
        # Without these a stopped broker blocks a publisher for more than 25 s.
        "read_timeout": 5,
        "write_timeout": 5,
    }


def _connect_signals(celery: Celery, settings: Settings) -> None:
    setup_logging.connect(_keep_our_logging, weak=False, dispatch_uid="qiyuan.logging")

    def after_fork(**_: Any) -> None:
        forget_inherited_connections(celery.flask_app)

    def check(**_: Any) -> None:
        refuse_unready(celery.flask_app, settings)

    worker_process_init.connect(after_fork, weak=False, dispatch_uid="qiyuan.fork")
    worker_init.connect(check, weak=False, dispatch_uid="qiyuan.readiness.worker")
    beat_init.connect(check, weak=False, dispatch_uid="qiyuan.readiness.beat")


def _keep_our_logging(**_: Any) -> None:
    """Celery leaves logging alone when somebody answers this signal."""


def forget_inherited_connections(flask_app: Flask) -> None:
    """Drop the parent's sockets without closing them.

    Sharing one between processes made 500 tasks report SUCCESS with 41 rows missing.
    """
    with flask_app.app_context():
        db.engine.dispose(close=False)


def broker_answers(celery: Celery) -> None:
    """Health probe: raises when the broker does not take a connection within its time limits."""
    connection: Connection = celery.connection_for_write()
    try:
        connection.ensure_connection(max_retries=1, interval_start=0, timeout=2)
    finally:
        connection.collect()

"""The relay process: moves the outbox to the broker and applies stored payment notices; the database drives it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from celery import Celery
from flask import Flask
from loguru import logger

from backend.payment import facade as payment
from kit.db.error import is_unreachable
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.event.bus import Bus
from kit.event.relay import BATCH, Drained, Relay
from kit.queue.publisher import CeleryPublisher, EmbeddedPublisher
from task.heartbeat import beat
from task.queues import queue_of

_IDLE_SECONDS = 0.2
_BROKER_DOWN_SECONDS = 1.0
_DATABASE_DOWN_SECONDS = 2.0


class RelayLoop:
    """Repeats one pass until `stop` is set. Several may run at once."""

    def __init__(self, app: Flask, celery: Celery) -> None:
        bus: Bus = app.extensions["qiyuan_bus"]
        self._app = app
        embedded = celery.conf.broker_url.startswith("memory://")
        self._heartbeat_file: str = celery.heartbeat_file
        self._publisher = (EmbeddedPublisher if embedded else CeleryPublisher)(celery, queue_of)
        self._relay = Relay(bus, self._publisher)
        self.stop = threading.Event()

    def run(self) -> None:
        """Blocks; ends soon after `stop` is set."""
        logger.info("relay running")
        while not self.stop.is_set():
            beat(self._heartbeat_file)
            self.stop.wait(self._guarded_pass())
        self._publisher.close()
        logger.info("relay stopped")

    def one_pass(self) -> Drained:
        """Apply waiting notices, then drain a batch; neither waits for the other to be mended."""
        with self._app.app_context():
            try:
                payment.apply_notices(now=utc_now())
            except Exception as error:
                if is_unreachable(error):
                    raise
                logger.exception("payment notices could not be applied; tried again")
                db.session.remove()
            return self._relay.drain()

    def _guarded_pass(self) -> float:
        """One pass that survives everything; returns how long to rest."""
        try:
            drained = self.one_pass()
        except Exception as error:
            self._forget_connections(error)
            return _DATABASE_DOWN_SECONDS
        if drained.broker_down:
            return _BROKER_DOWN_SECONDS
        return 0.0 if drained.published >= BATCH else _IDLE_SECONDS

    def _forget_connections(self, error: Exception) -> None:
        if is_unreachable(error):
            logger.error("database unreachable, relay waits: {}", error)
        else:
            logger.exception("relay pass failed; tried again")
        with self._app.app_context():
            db.session.remove()


def in_thread(name: str, work: Callable[[], None]) -> threading.Thread:
    """Start `work` in a daemon thread."""
    thread = threading.Thread(target=work, name=name, daemon=True)
    thread.start()
    return thread

"""The whole shop in one process: web server, worker, beat and relay as threads, on SQLite and ``memory://``."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from celery import Celery
from celery.beat import Service
from celery.worker import WorkController
from flask import Flask
from loguru import logger
from werkzeug.serving import make_server

from task.relaying import RelayLoop, in_thread


@contextmanager
def background(app: Flask, celery: Celery) -> Iterator[None]:
    """Worker, beat and relay run inside."""
    # Threads of the pool look the app up: without this they would find an empty default app.
    celery.set_default()
    celery.finalize()
    relay = RelayLoop(app, celery)
    worker = WorkController(
        app=celery,
        hostname="embedded@localhost",
        pool_cls="threads",
        concurrency=2,
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
        loglevel="WARNING",
    )
    # Awake once a second, so that it hears quickly that it shall end.
    beat = Service(celery, max_interval=1, scheduler_cls=celery.conf.beat_scheduler)
    threads = [
        in_thread("relay", relay.run),
        in_thread("worker", worker.start),
        in_thread("beat", lambda: beat.start(embedded_process=True)),
    ]
    try:
        yield
    finally:
        relay.stop.set()
        beat.stop()
        worker.stop()
        for thread in threads:
            thread.join(timeout=5)


@contextmanager
def web_server(app: Flask, *, host: str, port: int) -> Iterator[int]:
    """The development server in a thread; yields its port (0 asks for a free one)."""
    server = make_server(host, port, app, threaded=True)
    thread = in_thread("web", server.serve_forever)
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join(timeout=5)


def serve_until_interrupted() -> None:
    """Block until Ctrl-C or SIGTERM."""
    logger.info("press Ctrl-C to stop")
    forever = threading.Event()
    try:
        while not forever.wait(3600):
            pass
    except KeyboardInterrupt:
        logger.info("stopping")

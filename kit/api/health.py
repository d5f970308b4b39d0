"""`/health`, `/health/live`, `/health/ready` and `GET /`. A probe answers in bounded time and names what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

from flask import Blueprint, Flask, Response, current_app, jsonify
from loguru import logger
from sqlalchemy import Engine, text

from kit.db.extension import db
from kit.security.guard import public

PROBES_KEY = "qiyuan_probes"
NAME_KEY = "qiyuan_name"
_SECONDS = 2.5

health = Blueprint("health", __name__)


@dataclass(frozen=True)
class Probe:
    """Asks one dependency; raises when it does not answer. Without a `vital` one the shop cannot sell."""

    name: str
    ask: Callable[[], object]
    vital: bool


def init_health(app: Flask, *, name: str, version: str, probes: list[Probe], documentation: str | None) -> None:
    """Serve the health addresses for `probes`, the database first among them; `documentation` is where it is open."""
    with app.app_context():
        engine = db.engine
    app.extensions[PROBES_KEY] = [Probe("database", lambda: _ask_database(engine), vital=True), *probes]
    app.extensions[NAME_KEY] = {"name": name, "version": version, "health": "/health"} | (
        {"documentation": documentation} if documentation else {}
    )
    app.register_blueprint(health)


def add_probe(app: Flask, probe: Probe) -> None:
    """Name one more dependency."""
    probes: list[Probe] = app.extensions[PROBES_KEY]
    probes.append(probe)


def _ask_database(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))


@health.get("/")
@public("names the service")
def index() -> Response:
    """Who answers here, and where to go on."""
    return jsonify(current_app.extensions[NAME_KEY])


@health.get("/health/live")
@public("asked by the container engine")
def live() -> Response:
    """The process answers; says nothing about dependencies."""
    return jsonify({"status": "ok"})


@health.get("/health")
@health.get("/health/ready")
@public("asked by load balancers")
def ready() -> tuple[Response, int]:
    """Every dependency by name. 503 only without a vital one: without Redis or RabbitMQ the shop goes on selling."""
    results = _ask_all(current_app.extensions[PROBES_KEY])
    broken = [probe for probe, fine in results if not fine]
    status = "ok" if not broken else "unavailable" if any(probe.vital for probe in broken) else "degraded"
    dependencies = {probe.name: "ok" if fine else "unavailable" for probe, fine in results}
    return jsonify({"status": status, "dependencies": dependencies}), 503 if status == "unavailable" else 200


def _ask_all(probes: list[Probe]) -> list[tuple[Probe, bool]]:
    pool = ThreadPoolExecutor(max_workers=len(probes), thread_name_prefix="probe")
    futures = {probe.name: pool.submit(probe.ask) for probe in probes}
    wait(futures.values(), timeout=_SECONDS)
    # A hung dependency keeps its thread until its own time limit; the answer does not wait for it.
    pool.shutdown(wait=False, cancel_futures=True)
    results = []
    for probe in probes:
        future = futures[probe.name]
        error = future.exception() if future.done() and not future.cancelled() else TimeoutError("no answer in time")
        if error is not None:
            logger.warning("dependency {} unavailable: {!r}", probe.name, error)
        results.append((probe, error is None))
    return results

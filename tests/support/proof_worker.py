"""The shop's worker with tasks and a consumer that misbehave on purpose: `celery -A tests.support.proof_worker worker`.

What they do is seen in two tables that `proof_shop` creates: ``proof_try`` (a line each time one begins) and
``proof_row`` (the effect, committed like any other). PROOF_ENGINE=used opens a connection before the fork;
PROOF_FORK_HOOK=off takes the hook away that drops it in the children.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from celery.signals import worker_process_init
from loguru import logger
from sqlalchemy import text

from autoapp import app as flask_app  # not `app`: Celery would take that for its own
from celery_worker import celery
from kit.db.extension import db
from kit.domain.event import DomainEvent
from kit.domain.identity import new_id
from kit.event.bus import Subscription
from kit.service.transaction import after_commit, in_transaction


def begin(number: int) -> int:
    """Leave a trace that survives whatever happens next; how many there are of `number`."""
    trace = text("INSERT INTO proof_try VALUES (:number, :pid, CONNECTION_ID())")
    count = text("SELECT COUNT(*) FROM proof_try WHERE number = :number")

    def leave() -> int:
        db.session.execute(trace, {"number": number, "pid": os.getpid()})
        return int(db.session.execute(count, {"number": number}).scalar_one())

    return in_transaction(leave)


def write_row(number: int) -> None:
    """The effect; joins the caller's transaction."""
    db.session.execute(text("INSERT INTO proof_row VALUES (:id, :number)"), {"id": new_id(), "number": number})


def die() -> None:
    """As by the out-of-memory killer."""
    os.kill(os.getpid(), signal.SIGKILL)


@celery.task(name="tests.proof.insert_row", shared=False)
def insert_row(*, number: int, **_: Any) -> None:
    begin(number)
    in_transaction(lambda: write_row(number))
    logger.info("proof row {}", number)


@celery.task(name="tests.proof.die_once", shared=False)
def die_once(*, number: int, **_: Any) -> None:
    """Killed in the middle of its transaction, the first time."""
    first = begin(number) == 1

    def work() -> None:
        write_row(number)
        if first:
            die()

    in_transaction(work)


@celery.task(name="tests.proof.kill_child", shared=False)
def kill_child(*, number: int, **_: Any) -> None:
    begin(number)
    die()


@celery.task(name="tests.proof.hang_once", shared=False, soft_time_limit=1, time_limit=2)
def hang_once(*, number: int, **_: Any) -> None:
    """Deaf to the soft limit, the first time."""
    if begin(number) == 1:
        with suppress(SoftTimeLimitExceeded):
            time.sleep(600)
        time.sleep(600)
    in_transaction(lambda: write_row(number))


@celery.task(name="tests.proof.always_fails", shared=False)
def always_fails(*, number: int, **_: Any) -> None:
    begin(number)
    raise RuntimeError("as always")


@celery.task(name="tests.proof.fails_until_mended", shared=False, max_attempts=1)
def fails_until_mended(*, number: int, **_: Any) -> None:
    """Works from the second time on."""
    if begin(number) == 1:
        raise RuntimeError("not mended yet")
    in_transaction(lambda: write_row(number))


@celery.task(name="tests.proof.slow", shared=False)
def slow(*, number: int, seconds: float, **_: Any) -> None:
    begin(number)
    time.sleep(seconds)
    in_transaction(lambda: write_row(number))


@dataclass(frozen=True, kw_only=True)
class ProofHappened(DomainEvent):
    """Something to react to."""

    name = "tests.proof_happened"

    number: int
    dies: bool


def react(event: ProofHappened) -> None:
    """Killed between its commit and the acknowledgement: the worst moment."""
    write_row(event.number)
    if event.dies:
        after_commit(die)


flask_app.extensions["qiyuan_bus"].subscribe([Subscription("tests.proof", ProofHappened, react)])

if os.environ.get("PROOF_ENGINE") == "used":
    with flask_app.app_context():
        begin(0)
        db.session.remove()
if os.environ.get("PROOF_FORK_HOOK") == "off":
    worker_process_init.disconnect(dispatch_uid="qiyuan.fork")

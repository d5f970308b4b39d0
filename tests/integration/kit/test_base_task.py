"""A failed task is written to the outbox again with a growing delay, and after its last attempt left to the broker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from celery import Celery
from celery.exceptions import Reject
from flask import Flask

from backend.inventory.domain.stock import StockItem
from backend.inventory.events import AvailabilityChanged
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.event.bus import Bus, Subscription
from kit.event.inbox import InboxEntry
from kit.event.outbox import MessageKind, OutboxMessage
from kit.log.context import actor, request_id
from kit.queue import base_task
from kit.queue.base_task import BaseTask, delay_before
from kit.queue.delivery_task import DELIVER, DeliveryTask
from tests.integration.kit.rows import add_one, count, on_hand, outbox, stocked

DELIVERY = {"consumer": "test.count", "event_id": 7, "name": AvailabilityChanged.name, "payload": {"sku_ids": [1]}}


@pytest.fixture
def celery(app: Flask) -> Celery:
    """Celery without a broker; its delivery task works on `bus`."""
    made = Celery("tests", broker="memory://", task_cls=BaseTask, set_as_current=False)
    made.flask_app = app
    made.register_task(DeliveryTask())
    return made


def run(celery: Celery, work: Any, *, attempt: int | None = None, **arguments: Any) -> Any:
    """Run `work` as a task whose message came with headers; Celery's result of it."""

    def test_task(**given: Any) -> Any:
        return work(**given)

    task = celery.task(test_task, name="test.task", shared=False)
    headers = {"request_id": "req-12345678"} | ({} if attempt is None else {"attempt": attempt})
    return task.apply(kwargs=arguments, headers=headers, throw=True)


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 2), (2, 8), (3, 32), (4, 128), (5, 512), (6, 600)])
def test_delay_grows_to_ten_minutes(attempt: int, seconds: int) -> None:
    assert delay_before(attempt) == timedelta(seconds=seconds)


def test_task_runs_for_the_request_that_asked_for_it(celery: Celery) -> None:
    seen: list[Any] = []
    run(celery, lambda **arguments: seen.append((arguments, request_id(), actor())), number=5)
    assert seen == [({"number": 5}, "req-12345678", "system:test.task")]
    assert (request_id(), actor()) == (None, None)


def test_task_that_works_leaves_nothing_in_the_outbox(celery: Celery) -> None:
    run(celery, lambda **_: None)
    assert count(OutboxMessage) == 0


def _fail(**_: Any) -> None:
    raise ValueError("no luck")


def test_failed_task_is_asked_for_again_a_little_later(celery: Celery) -> None:
    before = utc_now()
    run(celery, _fail, number=5)
    (message,) = outbox()
    assert (message.kind, message.name, message.payload) == (MessageKind.TASK, "test.task", {"number": 5})
    assert (message.attempt, message.request_id) == (1, "req-12345678")
    assert before + timedelta(seconds=2) <= message.due_at <= utc_now() + timedelta(seconds=2)


def test_later_attempt_waits_longer(celery: Celery) -> None:
    before = utc_now()
    run(celery, _fail, attempt=3)
    (message,) = outbox()
    assert message.attempt == 4
    assert message.due_at >= before + timedelta(seconds=128)


def test_task_that_failed_for_good_is_left_to_the_broker(celery: Celery) -> None:
    with pytest.raises(ValueError, match="no luck"):
        run(celery, _fail, attempt=5)
    assert count(OutboxMessage) == 0


def test_what_a_failed_task_changed_outside_a_use_case_is_gone(celery: Celery) -> None:
    def work(**_: Any) -> None:
        db.session.add(StockItem(sku_id=1, sku_code="S-1", title="x"))
        raise ValueError

    run(celery, work)
    assert count(StockItem) == 0
    assert [message.name for message in outbox()] == ["test.task"]


def test_task_that_cannot_be_asked_for_again_goes_back_to_the_broker(
    celery: Celery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base_task, "enqueue", _fail_to_enqueue)
    outcome = run(celery, _fail)
    assert outcome.state == "REJECTED"
    assert isinstance(outcome.result, Reject)
    assert outcome.result.requeue is True


def _fail_to_enqueue(*_: Any, **__: Any) -> None:
    raise OSError("disk full")


@pytest.fixture
def reactions(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A consumer that fails as long as the list is empty."""
    allowed: list[str] = []

    def react(_event: AvailabilityChanged) -> None:
        add_one(1)
        allowed[0]

    stocked(1)
    bus = Bus()
    bus.subscribe([Subscription("test.count", AvailabilityChanged, react)])
    monkeypatch.setitem(app.extensions, "qiyuan_bus", bus)
    return allowed


def deliver(celery: Celery, *, attempt: int = 0) -> None:
    headers = {"request_id": "req-12345678", "attempt": attempt}
    celery.tasks[DELIVER].apply(kwargs=DELIVERY, headers=headers, throw=True)


def test_delivery_lets_the_consumer_react_once(celery: Celery, reactions: list[str]) -> None:
    reactions.append("go on")
    deliver(celery)
    deliver(celery)
    assert on_hand(1) == 1
    assert count(InboxEntry) == 1


def test_failed_delivery_is_repeated_for_this_consumer_and_this_event(celery: Celery, reactions: list[str]) -> None:
    deliver(celery, attempt=2)
    assert (on_hand(1), count(InboxEntry)) == (0, 0)
    (message,) = outbox()
    assert (message.kind, message.name, message.consumer) == (MessageKind.EVENT, AvailabilityChanged.name, "test.count")
    assert (message.event_id, message.payload, message.attempt) == (7, {"sku_ids": [1]}, 3)
    assert message.id != 7
    assert message.last_error == "IndexError('list index out of range')"


def test_session_is_clean_after_a_failed_delivery(celery: Celery, reactions: list[str]) -> None:
    deliver(celery)
    assert not db.session.new
    reactions.append("go on")
    deliver(celery)
    assert on_hand(1) == 1

"""Several workers at one moment: one delivery is booked, and one message leaves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from backend.notification.domain.delivery import Delivery
from backend.notification.domain.trying import DeliveryState
from backend.notification.repository.delivery import DeliveryRepository
from backend.order.domain.status import OrderStatus
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.domain.identity import new_id
from tests.factories.notification import Desk, book, deliver, deliveries, open_desk, the_delivery
from tests.factories.order import make_buyer
from tests.factories.order_reading import order_in
from tests.support.fresh import fresh_session
from tests.support.outbox import settle, waiting_tasks
from tests.support.threads import at_once

pytestmark = pytest.mark.mysql_only
COPIES = 6
KEY = "uq_ntf_delivery_order_no_kind_recipient_id"
FACT = {"order_no": "1", "buyer_id": 7, "payable_fen": 1, "transaction_id": "42", "paid_at": "2026-11-20T08:30:00Z"}


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    with open_desk(app) as desk:
        yield desk


def tell_at_once(app: Flask) -> list[Any]:
    """The same fact in several events: the inbox does not recognise them."""
    ids = [new_id() for _ in range(COPIES)]
    works = [
        lambda event_id=event_id: deliver("notification.tell_paid", "order.paid", FACT, event_id=event_id)
        for event_id in ids
    ]
    return at_once(app, works)


def sends() -> int:
    return [name for name, _ in waiting_tasks()].count("notification.send")


def test_one_fact_told_at_once_is_one_delivery_and_one_task(app: Flask, desk: Desk) -> None:
    assert tell_at_once(app) == [True] * COPIES
    assert (len(deliveries("1")), sends()) == (1, 1)


def test_control_without_the_key_it_is_several(app: Flask, desk: Desk) -> None:
    with _without_key():
        tell_at_once(app)
        assert (len(deliveries("1")), sends()) == (COPIES, COPIES)


def paid() -> str:
    no = order_in(OrderStatus.PAID, make_buyer())
    settle()
    return no


def send_at_once(app: Flask, desk: Desk, no: str) -> list[Any]:
    """Half of them take the task, half the sweep."""
    delivery_id, now, sending = the_delivery(no).id, utc_now(), desk.services.sending
    tasks = [lambda: sending.send(delivery_id=delivery_id, now=now)] * (COPIES // 2)
    return at_once(app, tasks + [lambda: sending.send_due(now=now)] * (COPIES // 2))


def test_one_delivery_sent_at_once_by_tasks_and_sweeps_is_one_message(app: Flask, desk: Desk) -> None:
    no = paid()
    results = send_at_once(app, desk, no)
    assert [result for result in results if isinstance(result, Exception)] == []
    assert desk.messenger.calls == 1
    done = the_delivery(no)
    assert (done.state, done.tries) == (DeliveryState.SENT, 1)


def test_control_without_the_claim_it_is_several(app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    no = paid()
    delivery_id = the_delivery(no).id
    monkeypatch.setattr(DeliveryRepository, "claim", lambda self, *, now, delivery_id: delivery_id)
    now, sending = utc_now(), desk.services.sending
    at_once(app, [lambda: sending.send(delivery_id=delivery_id, now=now)] * COPIES)
    assert desk.messenger.calls > 1


def test_sweeps_share_the_work(app: Flask, desk: Desk) -> None:
    recipient = make_buyer().id
    no = paid()
    for number in range(30):
        book(no, recipient_id=recipient + 1 + number)
    results = at_once(app, [lambda: desk.services.sending.send_due(now=utc_now())] * 3)
    assert sum(results) == 31
    fresh_session()
    assert db.session.scalar(select(func.max(Delivery.tries))) == 1


@contextmanager
def _without_key() -> Iterator[None]:
    _alter(f"ALTER TABLE ntf_delivery DROP INDEX {KEY}")
    try:
        yield
    finally:
        _alter("DELETE FROM ntf_delivery")
        _alter(f"ALTER TABLE ntf_delivery ADD CONSTRAINT {KEY} UNIQUE (order_no, kind, recipient_id)")


def _alter(statement: str) -> None:
    fresh_session()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))

"""Facts become rows in the transaction of the change they belong to; none is lost, none is made up."""

from __future__ import annotations

import gc
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.inventory.events import AvailabilityChanged
from backend.order.domain.line import OrderHistory
from backend.order.domain.order import Order
from backend.order.events import OrderCompleted
from kit.db.extension import db
from kit.domain import entity
from kit.domain.clock import utc_now
from kit.event.outbox import MessageKind, add_event, enqueue
from kit.log.context import acting
from kit.service.transaction import in_transaction
from tests.integration.kit.rows import AT, noop, outbox, placed_order, stored_order

pytestmark = pytest.mark.usefixtures("app")


def record(order_id: int) -> None:
    """A fact about an order of which no column changes; nobody keeps the object."""
    order = db.session.get_one(Order, order_id)
    order.record(OrderCompleted(order_no=order.no, buyer_id=order.buyer_id), at=AT)


def test_new_aggregate_and_its_event_are_stored_together() -> None:
    order = placed_order()
    with acting(request="req-12345678", actor="member:42"):
        in_transaction(lambda: db.session.add(order))
    (message,) = outbox()
    assert (message.kind, message.name, message.event_version) == (MessageKind.EVENT, "order.placed", 1)
    assert message.payload == {"order_no": order.no, "buyer_id": 42, "payable_fen": 899}
    assert (message.aggregate, message.aggregate_id, message.aggregate_version) == ("ord_order", order.id, 1)
    assert (message.occurred_at, message.due_at) == (AT, AT)
    assert (message.event_id, message.consumer, message.attempt) == (message.id, None, 0)
    assert (message.actor, message.request_id) == ("member:42", "req-12345678")
    assert (message.delivered_at, message.last_error) == (None, None)


def test_event_of_a_changed_aggregate_carries_its_new_version() -> None:
    order_id = stored_order()

    def ship() -> None:
        order = db.session.get_one(Order, order_id)
        order.accept_payment(transaction_id="42", paid_at=AT, at=AT)

    in_transaction(ship)
    (message,) = outbox()
    assert (message.name, message.aggregate_version) == ("order.paid", 2)
    assert db.session.scalars(select(Order.version)).one() == 2


def test_event_is_stored_when_no_column_changed() -> None:
    order_id = stored_order()
    kept: list[Order] = []

    def work() -> None:
        kept.append(db.session.get_one(Order, order_id))
        kept[0].record(OrderCompleted(order_no="1", buyer_id=1), at=AT)

    in_transaction(work)
    (message,) = outbox()
    assert (message.name, message.aggregate_id, message.aggregate_version) == ("order.completed", order_id, 1)


def test_event_is_stored_when_nobody_keeps_the_aggregate() -> None:
    order_id = stored_order()
    db.session.expunge_all()

    def work() -> None:
        record(order_id)
        gc.collect()

    in_transaction(work)
    assert [message.name for message in outbox()] == ["order.completed"]


def test_without_marking_the_aggregate_dirty_its_event_would_be_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entity, "flag_dirty", noop)
    order_id = stored_order()
    db.session.expunge_all()

    def work() -> None:
        record(order_id)
        gc.collect()

    in_transaction(work)
    assert outbox() == []


def test_events_are_rolled_back_with_their_change() -> None:
    order_id = stored_order()

    def work() -> None:
        db.session.add(placed_order())
        record(order_id)
        db.session.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        in_transaction(work)
    assert outbox() == []
    assert db.session.scalars(select(Order.id)).all() == [order_id]


def test_event_that_was_never_flushed_does_not_leak_into_the_next_use_case() -> None:
    order_id = stored_order()

    def work() -> None:
        record(order_id)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        in_transaction(work)
    in_transaction(lambda: db.session.get_one(Order, order_id))
    assert outbox() == []


def test_event_is_stored_once_over_several_flushes() -> None:
    def work() -> None:
        order = placed_order()
        db.session.add(order)
        db.session.flush()
        order.remark = "x"
        db.session.flush()

    in_transaction(work)
    assert len(outbox()) == 1


def test_events_of_one_aggregate_keep_their_order() -> None:
    order = placed_order()
    order.request_cancel(by="member:42", reason="changed my mind", must_wait=False, at=AT)
    in_transaction(lambda: db.session.add(order))
    assert [message.name for message in outbox()] == ["order.placed", "order.closed"]


def test_event_of_a_deleted_aggregate_is_stored() -> None:
    order = placed_order()
    order.lines = []
    in_transaction(lambda: db.session.add(order))

    def work() -> None:
        db.session.execute(OrderHistory.__table__.delete())
        gone = db.session.get_one(Order, order.id)
        gone.record(OrderCompleted(order_no=gone.no, buyer_id=1), at=AT)
        db.session.delete(gone)

    in_transaction(work)
    assert [message.name for message in outbox()] == ["order.placed", "order.completed"]


def test_fact_without_an_aggregate_is_stored_and_rolled_back_with_its_use_case() -> None:
    fact = AvailabilityChanged(sku_ids=(1, 2))

    def refused() -> None:
        add_event(fact, at=AT)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        in_transaction(refused)
    assert outbox() == []
    in_transaction(lambda: add_event(fact, at=AT))
    (message,) = outbox()
    assert (message.name, message.payload) == ("inventory.availability_changed", {"sku_ids": [1, 2]})
    assert (message.aggregate, message.aggregate_id, message.aggregate_version) == (None, None, None)


def test_task_is_asked_for_in_the_same_transaction() -> None:
    before = utc_now()
    with acting(request="req-12345678", actor="system:sweep"):
        in_transaction(lambda: enqueue("payment.check_attempt", attempt_id=7))
    (message,) = outbox()
    assert (message.kind, message.name, message.payload) == (
        MessageKind.TASK,
        "payment.check_attempt",
        {"attempt_id": 7},
    )
    assert before <= message.due_at <= utc_now()
    assert (message.attempt, message.actor, message.request_id) == (0, "system:sweep", "req-12345678")


def test_task_may_be_due_later_and_count_its_attempts() -> None:
    in_transaction(lambda: enqueue("payment.check_attempt", due_at=AT + timedelta(hours=1), attempt=3, attempt_id=7))
    (message,) = outbox()
    assert (message.due_at, message.attempt) == (AT + timedelta(hours=1), 3)

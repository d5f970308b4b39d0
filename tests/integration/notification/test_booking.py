"""One delivery per event, order and recipient, however often and in whatever order the events come."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import delete

from backend.approval.events import (
    ApprovalCommented,
    ApprovalExpired,
    ApprovalGranted,
    ApprovalRejected,
    ApprovalRequested,
    ApprovalStale,
    ApprovalWithdrawn,
)
from backend.inventory.events import LowStockReached, OverstockReached
from backend.notification.domain.delivery import Delivery, Kind
from backend.notification.domain.trying import DeliveryState
from backend.notification.module import module
from backend.order.domain.status import OrderStatus
from backend.order.events import OrderPaid, OrderShipped
from conf.settings import NotificationSettings
from kit.db.extension import db
from kit.service.transaction import in_transaction
from tests.factories.notification import Desk, book, deliver, deliveries, open_desk, the_delivery
from tests.factories.order import make_buyer
from tests.factories.order_reading import order_in
from tests.support.outbox import events, settle, waiting_tasks
from tests.support.unchanged import nothing_changes

PAID, SHIPPED = "notification.tell_paid", "notification.tell_shipped"


def fact(no: str = "26112008", **more: object) -> dict[str, object]:
    return {"order_no": no, "buyer_id": 7} | more


PAID_FACT = fact(payable_fen=100, transaction_id="42", paid_at="2026-11-20T08:30:00+00:00")
SHIPPED_FACT = fact(express_company="顺丰速运", tracking_no="SF1")


def sends() -> list[int]:
    return [payload["delivery_id"] for name, payload in waiting_tasks() if name == "notification.send"]


def test_a_paid_and_shipped_order_has_one_delivery_of_each_kind_for_its_buyer(desk: Desk) -> None:
    buyer = make_buyer()
    no = order_in(OrderStatus.SHIPPED, buyer)
    settle()

    booked = deliveries(no)

    assert [(delivery.kind, delivery.recipient_id) for delivery in booked] == [
        (Kind.ORDER_PAID, buyer.id),
        (Kind.ORDER_SHIPPED, buyer.id),
    ]
    assert {delivery.state for delivery in booked} == {DeliveryState.PENDING}
    assert sends() == [delivery.id for delivery in booked]
    assert desk.messages == []


def test_the_same_event_again_changes_nothing(desk: Desk) -> None:
    assert deliver(PAID, OrderPaid.name, PAID_FACT, event_id=9) is True
    with nothing_changes():
        assert deliver(PAID, OrderPaid.name, PAID_FACT, event_id=9) is False
    assert len(deliveries("26112008")) == 1


def test_the_same_fact_in_another_event_books_nothing_more(desk: Desk) -> None:
    deliver(PAID, OrderPaid.name, PAID_FACT)
    first = the_delivery("26112008")

    assert deliver(PAID, OrderPaid.name, PAID_FACT) is True

    again = the_delivery("26112008")
    assert (again.id, again.version, again.next_try_at) == (first.id, first.version, first.next_try_at)
    assert sends() == [first.id]


def test_events_may_come_in_any_order(desk: Desk) -> None:
    deliver(SHIPPED, OrderShipped.name, SHIPPED_FACT)
    deliver(PAID, OrderPaid.name, PAID_FACT)
    deliver(SHIPPED, OrderShipped.name, SHIPPED_FACT)

    assert [delivery.kind for delivery in deliveries("26112008")] == [Kind.ORDER_SHIPPED, Kind.ORDER_PAID]
    assert len(sends()) == 2


def test_reordered_news_of_a_real_order_is_told_from_what_is_true_now(desk: Desk) -> None:
    no = order_in(OrderStatus.SHIPPED, make_buyer())
    settle()
    in_transaction(lambda: db.session.execute(delete(Delivery)))
    (paid,), (shipped,) = events("order.paid"), events("order.shipped")
    deliver(SHIPPED, OrderShipped.name, shipped)
    deliver(PAID, OrderPaid.name, paid)

    for delivery in deliveries(no):
        desk.services.sending.send(delivery_id=delivery.id, now=delivery.created_at)

    assert [message.template_id for message in desk.messenger.sent] == ["tpl-shipped", "tpl-paid"]


def test_another_order_and_another_recipient_have_deliveries_of_their_own(desk: Desk) -> None:
    book("1", recipient_id=7)
    book("1", recipient_id=8)
    book("2", recipient_id=7)
    assert (len(deliveries("1")), len(deliveries("2"))) == (2, 1)


def test_without_a_template_the_delivery_says_so_and_nothing_is_sent(app: Flask) -> None:
    with open_desk(app, NotificationSettings(template_order_shipped="tpl-shipped")) as desk:
        book("1", kind=Kind.ORDER_PAID)
        skipped = the_delivery("1")
        desk.services.sending.send(delivery_id=skipped.id, now=skipped.created_at)
        assert (skipped.state, skipped.last_answer) == (DeliveryState.SKIPPED, "no template configured")
        assert (skipped.next_try_at, skipped.finished_at) == (None, skipped.created_at)
        assert (sends(), desk.messenger.calls) == ([], 0)


def test_a_reaction_that_fails_leaves_nothing_behind(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("backend.notification.service.booking.enqueue", broken)
    with nothing_changes(), pytest.raises(ZeroDivisionError):
        deliver(PAID, OrderPaid.name, PAID_FACT)


def test_consumers_have_stable_names() -> None:
    """Messages with them wait in queues across deployments, and the inbox remembers them."""
    assert [(item.consumer, item.event) for item in module.subscriptions] == [
        (PAID, OrderPaid),
        (SHIPPED, OrderShipped),
        ("notification.ask_deciders", ApprovalRequested),
        ("notification.tell_granted", ApprovalGranted),
        ("notification.tell_rejected", ApprovalRejected),
        ("notification.tell_withdrawn", ApprovalWithdrawn),
        ("notification.tell_expired", ApprovalExpired),
        ("notification.tell_stale", ApprovalStale),
        ("notification.tell_comment", ApprovalCommented),
        ("notification.tell_low_stock", LowStockReached),
        ("notification.tell_overstock", OverstockReached),
    ]

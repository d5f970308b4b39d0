"""Callbacks are kept under WeChat's id and applied once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from backend.order.domain.status import OrderStatus
from backend.order.wiring import services as order_services
from backend.payment.domain.notice import StoredNotice
from backend.payment.domain.port import ChannelNotice
from backend.payment.gateway.memory import as_resource
from backend.payment.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from tests.factories.order import channel, make_buyer, place, prepay
from tests.support.fresh import fresh_session
from tests.support.outbox import settle


def notice_of_payment(notice_id: str = "N1") -> tuple[str, ChannelNotice]:
    buyer = make_buyer()
    order = place(buyer)
    payment = channel().pay(prepay(buyer, order), amount_fen=order.payable_fen, transaction_id="42", paid_at=utc_now())
    resource = as_resource(payment)
    return order.no, ChannelNotice(notice_id=notice_id, event_type="TRANSACTION.SUCCESS", resource=resource)


def stored() -> StoredNotice:
    fresh_session()
    return db.session.scalars(select(StoredNotice)).one()


def test_a_copy_is_dropped_by_the_database(app: Flask) -> None:
    _, notice = notice_of_payment()
    assert services().noticing._store(notice, utc_now()) is True
    assert services().noticing._store(notice, utc_now()) is False
    assert stored().notice_id == "N1"


def test_ids_that_differ_only_in_case_are_different_notices(app: Flask) -> None:
    _, notice = notice_of_payment("EV-a")
    _, other = notice_of_payment("EV-A")
    assert services().noticing._store(notice, utc_now()) is True
    assert services().noticing._store(other, utc_now()) is True


def test_storing_changes_nothing_and_applying_makes_the_order_paid(app: Flask) -> None:
    order_no, notice = notice_of_payment()
    services().noticing._store(notice, utc_now())
    settle()
    assert order_services().cancellation.orders.of_no(order_no).status is OrderStatus.PENDING_PAYMENT
    assert services().noticing.apply_due(now=utc_now()) == 1
    settle()
    assert order_services().cancellation.orders.of_no(order_no).status is OrderStatus.PAID
    assert stored().outcome == "paid"
    assert services().noticing.apply_due(now=utc_now() + timedelta(days=1)) == 0


def test_a_failure_leaves_the_notice_for_the_next_time(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    _, notice = notice_of_payment()
    services().noticing._store(notice, utc_now())
    with monkeypatch.context() as broken:
        broken.setattr(services().settlement, "apply", lambda *_, **__: 1 / 0)
        assert services().noticing.apply_due(now=utc_now()) == 1
    assert stored().applied_at is None
    assert services().noticing.apply_due(now=utc_now()) == 0  # claimed for half a minute
    assert services().noticing.apply_due(now=utc_now() + timedelta(minutes=1)) == 1
    assert stored().outcome == "paid"


def test_a_verified_notice_we_cannot_read_is_kept_for_a_person(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    _, notice = notice_of_payment()
    services().noticing._store(notice, utc_now())

    def unreadable(_notice: ChannelNotice) -> None:
        raise ValueError("amount is not an object")

    monkeypatch.setattr(channel(), "payment_in", unreadable)
    services().noticing.apply_due(now=utc_now())
    assert stored().outcome == "unreadable: amount is not an object"

"""WeChat reports one payment several times at once: one receipt, one fact, one paid order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from backend.payment.domain.port import ChannelNotice
from backend.payment.domain.receipt import PaymentReceipt
from backend.payment.gateway.memory import as_resource
from backend.payment.repository.receipt import ReceiptRepository
from backend.payment.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from tests.factories.order import channel, make_buyer, place, prepay
from tests.support.fresh import fresh_session
from tests.support.outbox import events
from tests.support.threads import at_once

pytestmark = pytest.mark.mysql_only
COPIES = 8


def payment() -> Any:
    buyer = make_buyer()
    order = place(buyer)
    number = prepay(buyer, order)
    return channel().pay(number, amount_fen=order.payable_fen, transaction_id="42", paid_at=utc_now())


def receipts() -> int:
    fresh_session()
    return int(db.session.scalar(select(func.count()).select_from(PaymentReceipt)) or 0)


def apply_at_once(app: Flask, paid: Any) -> list[Any]:
    return at_once(app, [lambda: services().settlement.apply(paid, source="notice", now=utc_now())] * COPIES)


def test_copies_of_one_notice_are_stored_once(app: Flask) -> None:
    notice = ChannelNotice(notice_id="N1", event_type="TRANSACTION.SUCCESS", resource=as_resource(payment()))
    results = at_once(app, [lambda: services().noticing._store(notice, utc_now())] * COPIES)
    assert sorted(results) == [False] * (COPIES - 1) + [True]


def test_one_payment_reported_at_once_becomes_one_receipt_and_one_fact(app: Flask) -> None:
    results = apply_at_once(app, payment())
    assert sorted(results) == ["known"] * (COPIES - 1) + ["paid"]
    assert receipts() == 1
    assert len(events("payment.succeeded")) == 1


def test_control_without_the_key_and_the_look_up_one_payment_counts_several_times(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guards off: the copies become payments of their own, and would be refunded from the shop's money."""
    paid = payment()
    monkeypatch.setattr(ReceiptRepository, "of_transaction", lambda self, transaction_id: None)
    with _without_key():
        apply_at_once(app, paid)
        assert receipts() > 1


@contextmanager
def _without_key() -> Iterator[None]:
    _alter("ALTER TABLE pay_receipt DROP INDEX uq_pay_receipt_transaction_id")
    try:
        yield
    finally:
        _alter("DELETE FROM pay_receipt")
        _alter("ALTER TABLE pay_receipt ADD CONSTRAINT uq_pay_receipt_transaction_id UNIQUE (transaction_id)")


def _alter(statement: str) -> None:
    fresh_session()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))

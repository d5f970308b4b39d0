"""The buyer has paid at WeChat and cancels while the callback is applied: whoever is first, paid stays paid."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from backend.inventory.domain.reservation import Reservation, ReservationState
from backend.order.domain.error import ActionNotAllowed
from backend.order.domain.order import Order
from backend.order.domain.status import OrderStatus
from backend.order.wiring import services as order_services
from backend.payment import facade as payment
from backend.payment.domain.receipt import PaymentReceipt
from backend.payment.wiring import services as payment_services
from kit.db.extension import db
from kit.domain.clock import utc_now
from tests.factories.order import channel, make_buyer, place, prepay
from tests.support.fresh import fresh_session
from tests.support.outbox import settle
from tests.support.threads import at_once

pytestmark = pytest.mark.mysql_only
ROUNDS = 15


def play(app: Flask) -> tuple[OrderStatus, int, ReservationState]:
    """One round; the order's end, what was refunded of its money, and what became of its stock."""
    buyer = make_buyer()
    order = place(buyer)
    number = prepay(buyer, order)
    paid = channel().pay(number, amount_fen=order.payable_fen, transaction_id=f"4200{number}", paid_at=utc_now())

    def cancel() -> None:
        order_services().cancellation.by_buyer(buyer_id=buyer.id, order_no=order.no, reason="x", now=utc_now())

    def callback() -> None:
        payment_services().settlement.apply(paid, source="notice", now=utc_now())
        settle()

    works: list[Callable[[], None]] = [cancel, callback]
    results = at_once(app, works)
    assert all(result is None or isinstance(result, ActionNotAllowed) for result in results), results
    payment_services().checking.check_due(now=utc_now() + timedelta(minutes=5))
    settle()
    return _outcome(order)


def _outcome(order: Order) -> tuple[OrderStatus, int, ReservationState]:
    fresh_session()
    status = order_services().cancellation.orders.of_no(order.no).status
    receipt = db.session.scalars(select(PaymentReceipt).where(PaymentReceipt.subject == order.payment_subject)).one()
    held = db.session.scalars(select(Reservation).where(Reservation.reference == order.payment_subject)).one()
    return status, receipt.refunded_fen, held.state


def test_money_that_was_there_first_always_ends_in_a_paid_order_that_holds_its_stock(app: Flask) -> None:
    outcomes = [play(app) for _ in range(ROUNDS)]
    assert set(outcomes) == {(OrderStatus.PAID, 0, ReservationState.OPEN)}


def test_control_releasing_without_asking_wechat_first_loses_paid_orders(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The closing protocol off: orders of buyers who have paid are closed under them (their money goes back)."""
    monkeypatch.setattr(payment, "request_close", lambda *, subject, now: False)
    outcomes = [play(app) for _ in range(ROUNDS)]
    lost = [outcome for outcome in outcomes if outcome[0] is OrderStatus.CLOSED]
    assert lost
    assert all(refunded > 0 and state is ReservationState.RELEASED for _, refunded, state in lost)

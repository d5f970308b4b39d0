"""Every fen that arrives becomes one receipt, and is wanted or goes back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from backend.order.domain.status import OrderStatus
from backend.order.wiring import services as order_services
from backend.payment.domain.port import ChannelPayment, Standing
from backend.payment.domain.receipt import PaymentReceipt, Verdict
from backend.payment.domain.refund import Refund, RefundState
from backend.payment.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from tests.factories.order import arrive, channel, make_buyer, place, prepay
from tests.support.fresh import fresh_session
from tests.support.outbox import events, settle, waiting_tasks


def receipts() -> list[PaymentReceipt]:
    fresh_session()
    return list(db.session.scalars(select(PaymentReceipt).order_by(PaymentReceipt.id)))


def refunds() -> list[Refund]:
    fresh_session()
    return list(db.session.scalars(select(Refund).order_by(Refund.id)))


def status_of(order_no: str) -> OrderStatus:
    fresh_session()
    return order_services().cancellation.orders.of_no(order_no).status


def test_the_right_money_makes_the_order_paid(app: Flask) -> None:
    buyer = make_buyer()
    order = place(buyer)
    arrive(prepay(buyer, order), order.payable_fen)
    settle()
    assert status_of(order.no) is OrderStatus.PAID
    (receipt,) = receipts()
    assert (receipt.verdict, receipt.amount_fen, receipt.refunded_fen) == (Verdict.FITS, order.payable_fen, 0)
    assert refunds() == []


def test_the_same_report_twice_changes_nothing(app: Flask) -> None:
    buyer = make_buyer()
    order = place(buyer)
    payment = arrive(prepay(buyer, order), order.payable_fen)
    settle()
    assert services().settlement.apply(payment, source="query", now=utc_now()) == "known"
    settle()
    assert len(receipts()) == 1
    assert len(events("payment.succeeded")) == 1


WRONG = {
    Verdict.WRONG_AMOUNT: {"amount_fen": 1},
    Verdict.WRONG_IDENTITY: {"appid": "wx-somebody-else"},
    Verdict.WRONG_CURRENCY: {"currency": "USD"},
    Verdict.UNKNOWN_NUMBER: {"out_trade_no": "never-heard-of"},
}


@pytest.mark.parametrize("verdict", list(WRONG))
def test_money_that_does_not_fit_is_recorded_and_refunded_and_the_order_stays_unpaid(
    app: Flask, verdict: Verdict
) -> None:
    buyer = make_buyer()
    order = place(buyer)
    number = prepay(buyer, order)
    right = channel().pay(number, amount_fen=order.payable_fen, transaction_id="42", paid_at=utc_now())
    wrong = replace(right, **WRONG[verdict])  # type: ignore[arg-type]  # fields of several types
    services().settlement.apply(wrong, source="notice", now=utc_now())
    settle()
    assert status_of(order.no) is OrderStatus.PENDING_PAYMENT
    (receipt,) = receipts()
    assert receipt.verdict is verdict
    assert receipt.refunded_fen == receipt.amount_fen == wrong.amount_fen
    (refund,) = refunds()
    assert (refund.transaction_id, refund.amount_fen, refund.state) == ("42", wrong.amount_fen, RefundState.REQUESTED)
    assert ("payment.check_refund", {"refund_id": refund.id}) in waiting_tasks()
    assert [event["verdict"] for event in events("payment.unwanted_money_arrived")] == [verdict.value]


def test_a_second_payment_of_the_same_number_goes_back(app: Flask) -> None:
    buyer = make_buyer()
    order = place(buyer)
    number = prepay(buyer, order)
    arrive(number, order.payable_fen, transaction_id="first")
    arrive(number, order.payable_fen, transaction_id="second")
    settle()
    assert status_of(order.no) is OrderStatus.PAID
    assert [(receipt.transaction_id, receipt.verdict) for receipt in receipts()] == [
        ("first", Verdict.FITS),
        ("second", Verdict.SECOND_PAYMENT),
    ]
    assert [refund.transaction_id for refund in refunds()] == ["second"]


def test_money_for_a_closed_order_goes_back(app: Flask) -> None:
    buyer = make_buyer()
    order = place(buyer)
    number = prepay(buyer, order)
    order_services().cancellation.by_buyer(buyer_id=buyer.id, order_no=order.no, reason="x", now=utc_now())
    services().checking.check_due(now=utc_now())
    settle()
    assert status_of(order.no) is OrderStatus.CLOSED
    arrive(number, order.payable_fen)
    settle()
    assert status_of(order.no) is OrderStatus.CLOSED
    (receipt,) = receipts()
    assert receipt.refunded_fen == order.payable_fen
    assert [refund.reason for refund in refunds()] == ["order closed"]


def test_asking_twice_for_the_same_unwanted_money_refunds_it_once(app: Flask) -> None:
    buyer = make_buyer()
    order = place(buyer)
    arrive(prepay(buyer, order), order.payable_fen, transaction_id="42")
    for _ in range(2):
        services().refunding.give_back_transaction(transaction_id="42", reason="x", now=utc_now())
    assert len(refunds()) == 1
    assert receipts()[0].refunded_fen == order.payable_fen


def test_money_that_wechat_already_gave_back_is_recorded_and_not_refunded_again(app: Flask) -> None:
    buyer = make_buyer()
    order = place(buyer)
    number = prepay(buyer, order)
    paid = channel().pay(number, amount_fen=order.payable_fen, transaction_id="42", paid_at=utc_now())
    services().settlement.apply(replace(paid, standing=Standing.REFUNDED), source="query", now=utc_now())
    settle()
    (receipt,) = receipts()
    assert receipt.verdict is Verdict.REFUNDED_ELSEWHERE
    assert refunds() == []
    assert status_of(order.no) is OrderStatus.PENDING_PAYMENT


def test_an_unpaid_report_never_pays(app: Flask) -> None:
    buyer = make_buyer()
    order = place(buyer)
    number = prepay(buyer, order)
    unpaid = ChannelPayment(out_trade_no=number, standing=Standing.UNPAID, appid="", mchid="1900000001")
    assert services().settlement.apply(unpaid, source="query", now=utc_now()) == "unpaid"
    assert receipts() == []
    assert status_of(order.no) is OrderStatus.PENDING_PAYMENT

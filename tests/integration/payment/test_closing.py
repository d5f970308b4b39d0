"""PENDING → CLOSING → verified CLOSED → stock released (design rule 10)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from backend.inventory import facade as inventory
from backend.order.domain.status import OrderStatus
from backend.order.wiring import services as order_services
from backend.payment import facade as payment
from backend.payment.domain.attempt import CALL_ENDS_AFTER, AttemptState
from backend.payment.domain.error import AttemptNotPayable, ChannelUnavailable
from backend.payment.domain.port import ChannelPayment, ChannelSilent
from backend.payment.domain.refund import Refund
from backend.payment.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.event.outbox import OutboxMessage
from kit.service.transaction import in_transaction
from tests.factories.catalog import make_product
from tests.factories.order import Buyer, arrive, attempt_of, channel, make_buyer, place, prepay
from tests.support.fresh import fresh_session
from tests.support.outbox import settle


def cancel(buyer: Buyer, order_no: str) -> OrderStatus:
    return (
        order_services().cancellation.by_buyer(buyer_id=buyer.id, order_no=order_no, reason="x", now=utc_now()).status
    )


def status_of(order_no: str) -> OrderStatus:
    fresh_session()
    return order_services().cancellation.orders.of_no(order_no).status


def test_without_an_attempt_an_order_closes_at_once_and_its_stock_is_back(app: Flask) -> None:
    buyer, product = make_buyer(), make_product(stock=3)
    order = place(buyer, product, quantity=2)
    assert inventory.available(sku_ids=[product.sku_id]) == {product.sku_id: 1}
    assert cancel(buyer, order.no) is OrderStatus.CLOSED
    assert inventory.available(sku_ids=[product.sku_id]) == {product.sku_id: 3}


def test_with_an_attempt_the_stock_stays_reserved_until_wechat_has_confirmed(app: Flask) -> None:
    buyer, product = make_buyer(), make_product(stock=3)
    order = place(buyer, product, quantity=2)
    prepay(buyer, order)
    assert cancel(buyer, order.no) is OrderStatus.CLOSING
    settle()
    assert inventory.available(sku_ids=[product.sku_id]) == {product.sku_id: 1}
    services().checking.check_due(now=utc_now())
    settle()
    assert status_of(order.no) is OrderStatus.CLOSED
    assert inventory.available(sku_ids=[product.sku_id]) == {product.sku_id: 3}
    assert channel().calls[-2:] == ["close", "query"]


def test_a_buyer_who_paid_first_has_a_paid_order_though_it_was_cancelled(app: Flask) -> None:
    buyer, product = make_buyer(), make_product(stock=3)
    order = place(buyer, product)
    number = prepay(buyer, order)
    channel().pay(number, amount_fen=order.payable_fen, transaction_id="42", paid_at=utc_now())
    cancel(buyer, order.no)
    services().checking.check_due(now=utc_now())
    settle()
    assert status_of(order.no) is OrderStatus.PAID
    assert inventory.available(sku_ids=[product.sku_id]) == {product.sku_id: 2}


def test_a_closing_without_answer_is_asked_again_and_releases_nothing_meanwhile(app: Flask) -> None:
    buyer, product = make_buyer(), make_product(stock=3)
    order = place(buyer, product)
    prepay(buyer, order)
    cancel(buyer, order.no)
    channel().fail_next(ChannelSilent("time-out"))
    services().checking.check_due(now=utc_now())
    settle()
    assert status_of(order.no) is OrderStatus.CLOSING
    assert inventory.available(sku_ids=[product.sku_id]) == {product.sku_id: 2}
    services().checking.check_due(now=utc_now() + timedelta(seconds=20))
    settle()
    assert status_of(order.no) is OrderStatus.CLOSED


def test_a_closing_whose_answer_got_lost_is_believed_from_the_query_that_follows(app: Flask) -> None:
    buyer = make_buyer()
    order = place(buyer)
    prepay(buyer, order)
    cancel(buyer, order.no)
    channel().fail_next(ChannelSilent("time-out"), after_effect=True)
    services().checking.check_due(now=utc_now())
    settle()
    assert status_of(order.no) is OrderStatus.CLOSED


def test_an_order_wechat_never_heard_of_closes_only_when_no_call_can_still_arrive(app: Flask) -> None:
    buyer = make_buyer()
    order = place(buyer)
    now = utc_now()
    channel().fail_next(ChannelSilent("dropped before it arrived"))
    with pytest.raises(ChannelUnavailable):
        prepay(buyer, order, now=now)
    cancel(buyer, order.no)
    services().checking.check_due(now=now + CALL_ENDS_AFTER - timedelta(seconds=1))
    fresh_session()
    assert attempt_of(f"{order.no}-1").state is AttemptState.CLOSING
    services().checking.check_due(now=now + CALL_ENDS_AFTER + timedelta(minutes=2))
    settle()
    assert status_of(order.no) is OrderStatus.CLOSED


def test_the_sweep_expires_what_is_due_and_leaves_the_rest(app: Flask) -> None:
    buyer = make_buyer()
    now = utc_now()
    old = place(buyer, now=now - timedelta(minutes=16))
    young = place(buyer, now=now)
    assert order_services().cancellation.close_due(now=now) == 1
    assert (status_of(old.no), status_of(young.no)) == (OrderStatus.CLOSED, OrderStatus.PENDING_PAYMENT)
    assert order_services().cancellation.close_due(now=now) == 0


def test_one_order_that_cannot_be_expired_does_not_keep_the_others_open(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer = make_buyer()
    now = utc_now()
    stuck, fine = (place(buyer, now=now - timedelta(minutes=minutes)) for minutes in (17, 16))
    original = payment.request_close

    def fails_for_one(*, subject: str, now: object) -> bool:
        if subject == stuck.payment_subject:
            raise RuntimeError("planted")
        return original(subject=subject, now=now)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(payment, "request_close", fails_for_one)
    assert order_services().cancellation.close_due(now=now) == 1
    assert (status_of(stuck.no), status_of(fine.no)) == (OrderStatus.PENDING_PAYMENT, OrderStatus.CLOSED)


def test_the_query_loop_finds_money_whose_notice_was_lost(app: Flask) -> None:
    buyer = make_buyer()
    order = place(buyer)
    number = prepay(buyer, order)
    channel().pay(number, amount_fen=order.payable_fen, transaction_id="42", paid_at=utc_now())
    assert services().checking.check_due(now=utc_now()) == 0  # not yet due
    assert services().checking.check_due(now=utc_now() + timedelta(seconds=20)) == 1
    settle()
    assert status_of(order.no) is OrderStatus.PAID


def test_an_attempt_that_wechat_closed_by_itself_expires_the_order_at_its_deadline(app: Flask) -> None:
    buyer, product = make_buyer(), make_product(stock=3)
    order = place(buyer, product, now=utc_now() - timedelta(minutes=14, seconds=59))
    number = prepay(buyer, order)
    channel().close(number)
    services().checking.check_due(now=utc_now() + timedelta(seconds=20))
    fresh_session()
    assert attempt_of(number).state is AttemptState.CLOSED
    order_services().cancellation.close_due(now=utc_now() + timedelta(seconds=20))
    settle()
    assert status_of(order.no) is OrderStatus.CLOSED
    assert inventory.available(sku_ids=[product.sku_id]) == {product.sku_id: 3}


def test_a_cancellation_between_the_money_and_its_fact_waits_for_the_fact(app: Flask) -> None:
    """PaymentSucceeded is still in the outbox: letting the stock go now would lose a paid order."""
    buyer, product = make_buyer(), make_product(stock=3)
    order = place(buyer, product)
    arrive(prepay(buyer, order), order.payable_fen)
    assert cancel(buyer, order.no) is OrderStatus.CLOSING
    assert inventory.available(sku_ids=[product.sku_id]) == {product.sku_id: 2}
    settle()
    assert status_of(order.no) is OrderStatus.PAID


def test_no_second_attempt_is_opened_between_the_money_and_its_fact(app: Flask) -> None:
    buyer = make_buyer()
    order = place(buyer)
    arrive(prepay(buyer, order), order.payable_fen)
    with pytest.raises(AttemptNotPayable):
        prepay(buyer, order)


def test_money_that_does_not_fit_frees_the_stock_of_a_closing_order(app: Flask) -> None:
    """A number that was paid can never be paid again: the money goes back and the goods return to the shelf."""
    buyer, product = make_buyer(), make_product(stock=3)
    order = place(buyer, product)
    number = prepay(buyer, order)
    cancel(buyer, order.no)
    arrive(number, order.payable_fen - 1)
    settle()
    assert status_of(order.no) is OrderStatus.CLOSED
    assert inventory.available(sku_ids=[product.sku_id]) == {product.sku_id: 3}
    assert services().checking.check_due(now=utc_now() + timedelta(days=1)) == 0


def test_after_wrong_money_a_pending_order_can_be_paid_with_a_new_number(app: Flask) -> None:
    buyer = make_buyer()
    order = place(buyer)
    arrive(prepay(buyer, order), order.payable_fen - 1)
    settle()
    assert status_of(order.no) is OrderStatus.PENDING_PAYMENT
    prepay(buyer, order)
    arrive(f"{order.no}-2", order.payable_fen)
    settle()
    assert status_of(order.no) is OrderStatus.PAID


def lose_events(name: str) -> None:
    """What a dead letter amounts to: delivered, and never handled."""

    def lose() -> None:
        lost = update(OutboxMessage).where(OutboxMessage.name == name).values(delivered_at=utc_now())
        db.session.execute(lost)

    in_transaction(lose)


def test_an_order_that_never_heard_of_its_closing_is_closed_by_the_sweep(app: Flask) -> None:
    buyer, product = make_buyer(), make_product(stock=3)
    order = place(buyer, product)
    prepay(buyer, order)
    cancel(buyer, order.no)
    services().checking.check_due(now=utc_now())
    lose_events("payment.closed")
    order_services().cancellation.close_due(now=utc_now() + timedelta(minutes=9))
    assert status_of(order.no) is OrderStatus.CLOSING
    order_services().cancellation.close_due(now=utc_now() + timedelta(minutes=11))
    settle()
    assert status_of(order.no) is OrderStatus.CLOSED
    assert inventory.available(sku_ids=[product.sku_id]) == {product.sku_id: 3}


def test_an_order_that_never_heard_of_its_money_is_told_again(app: Flask) -> None:
    buyer = make_buyer()
    order = place(buyer)
    arrive(prepay(buyer, order), order.payable_fen)
    lose_events("payment.succeeded")
    order_services().cancellation.close_due(now=utc_now() + timedelta(minutes=16))
    assert status_of(order.no) is OrderStatus.CLOSING
    order_services().cancellation.close_due(now=utc_now() + timedelta(minutes=30))
    settle()
    assert status_of(order.no) is OrderStatus.PAID


def test_being_told_twice_of_the_same_money_refunds_nothing(app: Flask) -> None:
    buyer = make_buyer()
    order = place(buyer)
    number = prepay(buyer, order)
    arrive(number, order.payable_fen)
    settle()
    in_transaction(lambda: attempt_of(number).report_success(at=utc_now()))
    settle()
    assert status_of(order.no) is OrderStatus.PAID
    assert db.session.scalars(select(Refund)).all() == []


def test_an_attempt_that_cannot_be_worked_on_does_not_keep_the_others_waiting(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer = make_buyer()
    stuck, fine = place(buyer), place(buyer)
    for order in (stuck, fine):
        number = prepay(buyer, order)
        channel().pay(number, amount_fen=order.payable_fen, transaction_id=f"42{number}", paid_at=utc_now())
    stuck_no, fine_no = stuck.no, fine.no
    original = services().settlement.apply

    def fails_for_one(payment: ChannelPayment, **how: Any) -> str:
        if payment.out_trade_no.startswith(stuck_no):
            raise RuntimeError("planted")
        return original(payment, **how)

    monkeypatch.setattr(services().settlement, "apply", fails_for_one)
    services().checking.check_due(now=utc_now() + timedelta(minutes=1))
    settle()
    assert (status_of(stuck_no), status_of(fine_no)) == (OrderStatus.PENDING_PAYMENT, OrderStatus.PAID)

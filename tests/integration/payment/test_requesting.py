"""A buyer wants to pay: one number, whatever happens to the call."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from backend.order.wiring import services as order_services
from backend.payment.domain.attempt import AttemptState
from backend.payment.domain.error import AttemptNotPayable, ChannelRefused, ChannelUnavailable
from backend.payment.domain.port import ChannelSaysNo, ChannelSilent
from backend.payment.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from tests.factories.order import attempt_of, channel, make_buyer, place, prepay
from tests.support.fresh import fresh_session


def test_the_attempt_is_committed_before_wechat_is_called(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    buyer = make_buyer()
    order = place(buyer)
    seen: list[AttemptState] = []
    original = channel().prepay

    def spy(**asked: object) -> str:
        seen.append(attempt_of(f"{order.no}-1").state)
        db.session.rollback()
        return original(**asked)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(channel(), "prepay", spy)
    prepay(buyer, order)
    assert seen == [AttemptState.CREATED]


def test_paying_twice_continues_with_the_same_number_and_asks_wechat_once(app: Flask) -> None:
    buyer = make_buyer()
    order = place(buyer)
    first = order_services().paying.start(buyer_id=buyer.id, order_no=order.no, now=utc_now())
    second = order_services().paying.start(buyer_id=buyer.id, order_no=order.no, now=utc_now())
    assert first["package"] == second["package"] == f"prepay_id=prepay-{order.no}-1"
    assert channel().calls.count("prepay") == 1


@pytest.mark.parametrize("after_effect", [False, True])
def test_a_lost_answer_is_unknown_and_the_next_try_keeps_the_number(app: Flask, after_effect: bool) -> None:
    buyer = make_buyer()
    order = place(buyer)
    channel().fail_next(ChannelSilent("time-out"), after_effect=after_effect)
    with pytest.raises(ChannelUnavailable):
        prepay(buyer, order)
    fresh_session()
    assert attempt_of(f"{order.no}-1").state is AttemptState.UNKNOWN
    prepay(buyer, order)
    fresh_session()
    assert attempt_of(f"{order.no}-1").state is AttemptState.PREPAID
    assert list(channel().orders) == [f"{order.no}-1"]


def test_a_verified_refusal_is_told_and_kept(app: Flask) -> None:
    buyer = make_buyer()
    order = place(buyer)
    channel().fail_next(ChannelSaysNo("PARAM_ERROR", "bad openid"))
    with pytest.raises(ChannelRefused):
        prepay(buyer, order)
    fresh_session()
    attempt = attempt_of(f"{order.no}-1")
    assert attempt.state is AttemptState.REFUSED
    assert attempt.refusal == "PARAM_ERROR: bad openid"


def test_a_prepay_that_comes_back_after_the_cancellation_gives_nobody_parameters(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer = make_buyer()
    order = place(buyer)
    original = channel().prepay

    def cancelled_meanwhile(**asked: object) -> str:
        answer = original(**asked)  # type: ignore[arg-type]  # passed on as it came
        order_services().cancellation.by_buyer(buyer_id=buyer.id, order_no=order.no, reason="x", now=utc_now())
        return answer

    monkeypatch.setattr(channel(), "prepay", cancelled_meanwhile)
    with pytest.raises(AttemptNotPayable):
        prepay(buyer, order)
    fresh_session()
    assert attempt_of(f"{order.no}-1").state is AttemptState.CLOSING


def test_an_attempt_whose_prepay_is_two_hours_old_asks_again_with_the_same_number(app: Flask) -> None:
    buyer = make_buyer()
    order = place(buyer)
    prepay(buyer, order)
    attempt_of(f"{order.no}-1")
    now = utc_now() + timedelta(hours=3)
    with pytest.raises(AttemptNotPayable):  # the order's own deadline is long over
        services().requesting.parameters(attempt_id=attempt_of(f"{order.no}-1").id, now=now)

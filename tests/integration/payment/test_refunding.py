"""Unwanted money goes back with one number, however often WeChat must be asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from backend.payment.domain.port import ChannelNotice, ChannelRefund, ChannelSaysNo, ChannelSilent
from backend.payment.domain.refund import Refund, RefundState
from backend.payment.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from tests.factories.order import arrive, channel, make_buyer, place, prepay
from tests.support.fresh import fresh_session
from tests.support.outbox import events

DAY = timedelta(days=1)


def unwanted() -> Refund:
    buyer = make_buyer()
    order = place(buyer)
    arrive(prepay(buyer, order), order.payable_fen + 1)
    return the_refund()


def the_refund() -> Refund:
    fresh_session()
    return db.session.scalars(select(Refund)).one()


def test_it_is_submitted_then_followed_until_it_succeeded(app: Flask) -> None:
    number = unwanted().out_refund_no
    services().refunding.check_due(now=utc_now())
    assert the_refund().state is RefundState.PROCESSING
    channel().refunds[number] = replace(channel().refunds[number], status="SUCCESS")
    services().refunding.check_due(now=utc_now() + DAY)
    assert the_refund().state is RefundState.SUCCESS
    assert [event["out_refund_no"] for event in events("payment.refund_succeeded")] == [number]
    assert services().refunding.check_due(now=utc_now() + DAY) == 0


@pytest.mark.parametrize("after_effect", [False, True])
def test_a_lost_answer_repeats_the_same_number(app: Flask, after_effect: bool) -> None:
    number = unwanted().out_refund_no
    channel().fail_next(ChannelSilent("time-out"), after_effect=after_effect)
    services().refunding.check_due(now=utc_now())
    assert the_refund().state is RefundState.REQUESTED
    services().refunding.check_due(now=utc_now() + DAY)
    assert the_refund().state is RefundState.PROCESSING
    assert list(channel().refunds) == [number]


def test_a_balance_that_is_too_low_is_tried_again_with_the_same_number(app: Flask) -> None:
    number = unwanted().out_refund_no
    channel().fail_next(ChannelSaysNo("NOT_ENOUGH", "balance too low"))
    services().refunding.check_due(now=utc_now())
    refund = the_refund()
    assert (refund.state, refund.out_refund_no) == (RefundState.REQUESTED, number)
    assert refund.last_answer == "NOT_ENOUGH: balance too low"
    services().refunding.check_due(now=utc_now() + DAY)
    assert list(channel().refunds) == [number]


def test_a_notice_finishes_it(app: Flask) -> None:
    number = unwanted().out_refund_no
    services().refunding.check_due(now=utc_now())
    notice = ChannelNotice(
        notice_id="N1", event_type="REFUND.SUCCESS", resource={"out_refund_no": number, "status": "SUCCESS"}
    )
    services().noticing._store(notice, utc_now())
    assert services().noticing.apply_due(now=utc_now()) == 1
    assert the_refund().state is RefundState.SUCCESS


def test_a_notice_about_a_refund_nobody_asked_for_is_kept_and_changes_nothing(app: Flask) -> None:
    assert services().refunding.apply(ChannelRefund(out_refund_no="R0", status="SUCCESS"), now=utc_now()) == (
        "unknown refund"
    )

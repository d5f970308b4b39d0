"""A refund repeats its number until WeChat gives a final answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.payment.domain.error import RefundExceedsPayment
from backend.payment.domain.receipt import PaymentReceipt, Verdict
from backend.payment.domain.refund import Refund, RefundState, refund_number
from backend.payment.events import RefundStuck, RefundSucceeded
from kit.domain import identity

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _node() -> None:
    identity.use_node(1)


def refund() -> Refund:
    return Refund(
        id=7,
        reference="unwanted:42",
        subject="order:1",
        transaction_id="42",
        out_trade_no="1-1",
        sequence=1,
        out_refund_no=refund_number(7, 1),
        amount_fen=100,
        total_fen=100,
        reason="late",
        state=RefundState.REQUESTED,
        is_stuck=False,
        checks=0,
        next_check_at=NOW,
        created_at=NOW,
    )


def receipt(amount_fen: int = 100) -> PaymentReceipt:
    return PaymentReceipt(
        transaction_id="42",
        out_trade_no="1-1",
        amount_fen=amount_fen,
        currency="CNY",
        appid="wx",
        mchid="19",
        verdict=Verdict.FITS,
        source="notice",
        paid_at=NOW,
        refunded_fen=0,
        created_at=NOW,
    )


def test_success_is_final() -> None:
    made = refund()
    made.take_answer("SUCCESS", at=NOW)
    made.take_answer("ABNORMAL", at=NOW)
    assert (made.state, made.next_check_at) == (RefundState.SUCCESS, None)
    assert [type(recorded.event) for recorded in made.take_recorded()] == [RefundSucceeded]


def test_a_refusal_keeps_the_number_and_tries_again_later() -> None:
    made = refund()
    made.take_trouble("403 NOT_ENOUGH", at=NOW)
    assert made.out_refund_no == "R7-1"
    assert made.state is RefundState.REQUESTED
    assert made.next_check_at == NOW + timedelta(seconds=5)


def test_repeated_refusals_call_for_a_person_once() -> None:
    made = refund()
    for _ in range(12):
        made.take_trouble("403 NOT_ENOUGH", at=NOW)
    assert [type(recorded.event) for recorded in made.take_recorded()] == [RefundStuck]


def test_only_the_final_answer_closed_gives_a_new_number() -> None:
    made = refund()
    made.take_answer("PROCESSING", at=NOW)
    assert made.out_refund_no == "R7-1"
    made.take_answer("CLOSED", at=NOW)
    assert (made.out_refund_no, made.state) == ("R7-2", RefundState.REQUESTED)
    assert made.needs_submitting()


def test_abnormal_waits_for_a_person_and_may_still_succeed() -> None:
    made = refund()
    made.take_answer("ABNORMAL", at=NOW)
    made.take_answer("ABNORMAL", at=NOW)
    assert made.next_check_at == NOW + timedelta(hours=1)
    made.take_answer("SUCCESS", at=NOW)
    assert made.state is RefundState.SUCCESS
    assert [type(recorded.event) for recorded in made.take_recorded()] == [RefundStuck, RefundSucceeded]


def test_refunds_of_a_receipt_never_exceed_it() -> None:
    made = receipt(100)
    made.refund(60)
    with pytest.raises(RefundExceedsPayment):
        made.refund(41)
    assert made.refunded_fen == 60
    made.refund(40)
    assert not made.can_refund(1)


@pytest.mark.parametrize("amount_fen", [0, -1])
def test_nothing_or_less_is_no_refund(amount_fen: int) -> None:
    with pytest.raises(RefundExceedsPayment):
        receipt().refund(amount_fen)

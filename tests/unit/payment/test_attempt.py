"""A payment attempt believes only WeChat."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.payment.domain.attempt import LIVE, TRANSITIONS, AttemptState, PaymentAttempt
from backend.payment.domain.error import AttemptNotPayable
from backend.payment.events import PaymentClosed, PaymentSucceeded
from kit.domain import identity

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _node() -> None:
    identity.use_node(1)


def attempt(state: AttemptState = AttemptState.CREATED) -> PaymentAttempt:
    return PaymentAttempt(
        subject="order:1",
        sequence=1,
        out_trade_no="1-1",
        appid="wx",
        mchid="19",
        payer_openid="o",
        description="x",
        amount_fen=100,
        state=state,
        time_expire=NOW + timedelta(minutes=15),
        call_started_at=NOW,
        created_at=NOW,
        checks=0,
        next_check_at=NOW,
    )


def test_success_is_reachable_from_every_state_because_arrived_money_is_a_fact() -> None:
    for state in AttemptState:
        if state is not AttemptState.SUCCESS:
            assert AttemptState.SUCCESS in TRANSITIONS[state]
    assert TRANSITIONS[AttemptState.SUCCESS] == frozenset()


@pytest.mark.parametrize("state", list(AttemptState))
def test_a_prepay_answer_is_taken_only_while_the_attempt_lives(state: AttemptState) -> None:
    made = attempt(state)
    if state in LIVE:
        made.take_prepay("wx1", at=NOW)
        assert (made.state, made.prepay_id) == (AttemptState.PREPAID, "wx1")
    else:
        with pytest.raises(AttemptNotPayable):
            made.take_prepay("wx1", at=NOW)
        assert (made.state, made.prepay_id) == (state, None)


def test_a_lost_answer_leaves_it_unknown_and_to_be_asked_about() -> None:
    made = attempt()
    made.lose_answer(at=NOW)
    assert made.state is AttemptState.UNKNOWN
    assert made.next_check_at == NOW + timedelta(seconds=15)


def test_a_lost_answer_of_a_second_call_does_not_unlearn_the_first() -> None:
    made = attempt(AttemptState.PREPAID)
    made.lose_answer(at=NOW)
    assert made.state is AttemptState.PREPAID


def test_a_prepay_id_is_used_again_for_almost_two_hours() -> None:
    made = attempt()
    made.take_prepay("wx1", at=NOW)
    assert made.has_usable_prepay(at=NOW + timedelta(minutes=114))
    assert not made.has_usable_prepay(at=NOW + timedelta(minutes=115))


def test_no_call_is_begun_after_the_deadline() -> None:
    with pytest.raises(AttemptNotPayable):
        attempt().begin_call(at=NOW + timedelta(minutes=15))


def test_closing_reports_only_when_confirmed() -> None:
    made = attempt(AttemptState.PREPAID)
    made.request_close(at=NOW)
    assert made.take_recorded() == []
    made.confirm_closed(at=NOW)
    assert [recorded.event for recorded in made.take_recorded()] == [
        PaymentClosed(subject="order:1", attempt_id=made.id)
    ]
    assert made.next_check_at is None


def test_money_that_comes_after_closing_is_reported_all_the_same() -> None:
    made = attempt(AttemptState.CLOSED)
    made.succeed(transaction_id="42", paid_at=NOW, at=NOW)
    (recorded,) = made.take_recorded()
    assert isinstance(recorded.event, PaymentSucceeded)
    assert recorded.event.amount_fen == 100


def test_checks_grow_apart_up_to_ten_minutes() -> None:
    made = attempt(AttemptState.PREPAID)
    waits = []
    for _ in range(8):
        made.postpone_check(at=NOW)
        assert made.next_check_at is not None
        waits.append(int((made.next_check_at - NOW).total_seconds()))
    assert waits == [15, 30, 60, 120, 240, 480, 600, 600]

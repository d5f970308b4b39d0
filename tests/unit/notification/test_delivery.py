"""A delivery moves along its table; tries are bounded and further and further apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.notification.domain.delivery import Channel, Delivery, Kind
from backend.notification.domain.plan import Plan, fields_of
from backend.notification.domain.port import NotConfigured, NotSubscribed, Rejected, TryAgain
from backend.notification.domain.trying import DELAYS, MAX_TRIES, DeliveryState
from conf.settings import BadSetting, NotificationSettings, load_settings

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
FINAL = [DeliveryState.SENT, DeliveryState.REFUSED, DeliveryState.FAILED, DeliveryState.SKIPPED]


def delivery(tries: int = 1) -> Delivery:
    booked = Delivery.book(Kind.ORDER_PAID, Channel.WECHAT, order_no="26112008", recipient_id=7, at=NOW)
    booked.tries = tries
    return booked


def test_a_new_one_is_due_at_once() -> None:
    booked = delivery(0)
    assert (booked.state, booked.next_try_at, booked.finished_at) == (DeliveryState.PENDING, NOW, None)
    assert booked.is_open()


@pytest.mark.parametrize("state", FINAL)
def test_a_final_answer_ends_it(state: DeliveryState) -> None:
    booked = delivery()
    booked.take_answer(state, "because", at=NOW)
    assert (booked.state, booked.last_answer) == (state, "because")
    assert (booked.next_try_at, booked.finished_at) == (None, NOW)


def test_tries_grow_apart_and_the_last_one_fails_it() -> None:
    booked, waits = delivery(0), []
    for tries in range(1, MAX_TRIES):
        booked.tries = tries
        booked.take_answer(DeliveryState.PENDING, "busy", at=NOW)
        assert booked.next_try_at is not None
        waits.append(booked.next_try_at - NOW)
    assert waits == list(DELAYS) == sorted(waits)
    booked.tries = MAX_TRIES
    booked.take_answer(DeliveryState.PENDING, "busy", at=NOW)
    assert (booked.state, booked.next_try_at, booked.finished_at) == (DeliveryState.FAILED, None, NOW)
    assert sum(waits, timedelta()) == timedelta(hours=7, minutes=11, seconds=15)


def test_one_try_more_than_allowed_is_noticed() -> None:
    assert delivery(MAX_TRIES).has_tries_left()
    assert not delivery(MAX_TRIES + 1).has_tries_left()


@pytest.mark.parametrize("first", [DeliveryState.SENT, DeliveryState.SKIPPED])
@pytest.mark.parametrize("later", list(DeliveryState))
def test_what_was_sent_or_skipped_stays_so(first: DeliveryState, later: DeliveryState) -> None:
    booked = delivery()
    booked.take_answer(first, "", at=NOW)
    assert not booked.can_take_answer(later)
    with pytest.raises(ValueError, match=first.value):
        booked.take_answer(later, "late", at=NOW)
    assert (booked.state, booked.last_answer) == (first, None)


@pytest.mark.parametrize("first", [DeliveryState.REFUSED, DeliveryState.FAILED])
def test_that_it_was_sent_is_a_fact_even_after_another_try_said_otherwise(first: DeliveryState) -> None:
    booked = delivery()
    booked.take_answer(first, "43101", at=NOW)
    assert [state for state in DeliveryState if booked.can_take_answer(state)] == [DeliveryState.SENT]
    booked.take_answer(DeliveryState.SENT, "", at=NOW)
    assert booked.state is DeliveryState.SENT


def test_a_long_answer_is_cut() -> None:
    booked = delivery()
    booked.take_answer(DeliveryState.FAILED, "x" * 500, at=NOW)
    assert booked.last_answer == "x" * 200


def test_where_each_way_to_fail_leads() -> None:
    assert [failure.leads_to.value for failure in (NotSubscribed, Rejected, NotConfigured, TryAgain)] == [
        "refused",
        "failed",
        "skipped",
        "pending",
    ]


def test_a_plan_puts_words_into_the_templates_fields() -> None:
    plan = Plan(
        channel=Channel.WECHAT,
        template_id="tpl",
        page="pages/order?no={order_no}&x={y}",
        fields=fields_of("order_no:character_string7 goods:thing1"),
    )
    message = plan.message("oAbC", "2611", {"order_no": "2611", "goods": "米", "amount": "1.00元"})
    assert dict(message.fields) == {"character_string7": "2611", "thing1": "米"}
    assert (message.to, message.template_id, message.page) == ("oAbC", "tpl", "pages/order?no=2611&x={y}")


def test_fields_of_a_template_are_settings() -> None:
    written = {"WECHAT_TEMPLATE_ORDER_PAID_FIELDS": "goods:thing10 amount:amount1"}
    assert fields_of(load_settings(written).notification.fields_order_paid) == {"goods": "thing10", "amount": "amount1"}


@pytest.mark.parametrize(
    "written",
    [
        "",
        "goods",
        "goods:",
        "goods:thing",
        "goods:thing0",
        "goods:thing100",
        "goods:amount1",
        "price:amount1",
        "goods:thing1 goods:thing2",
        "amount:amount1 order_no:amount1",
        "goods:thing1 order_no:number1 paid_at:time1 x",
        "goods:thing1:thing2",
    ],
)
def test_fields_that_could_not_work_are_refused_at_the_start(written: str) -> None:
    with pytest.raises(BadSetting, match="WECHAT_TEMPLATE_ORDER_PAID_FIELDS must be pairs such as order_no:character"):
        load_settings({"WECHAT_TEMPLATE_ORDER_PAID_FIELDS": written})


def test_without_templates_nothing_is_configured() -> None:
    settings = NotificationSettings()
    assert (settings.template_order_paid, settings.template_order_shipped) == ("", "")

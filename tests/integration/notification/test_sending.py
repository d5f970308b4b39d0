"""A delivery is sent in three steps, tried again within bounds, and touches nothing but itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from backend.notification.domain.delivery import Delivery, Kind
from backend.notification.domain.plan import Plan
from backend.notification.domain.port import NotDelivered, NotSubscribed, Rejected, TryAgain
from backend.notification.domain.trying import DELAYS, MAX_TRIES, DeliveryState
from backend.notification.repository.trying import CLAIM
from backend.order.domain.line import OrderLine
from backend.order.domain.status import OrderStatus
from backend.order.facade import OrderNotFound, card
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.service.transaction import in_transaction
from tests.factories.catalog import make_product
from tests.factories.notification import Desk, book, deliveries, the_delivery
from tests.factories.order import Buyer, make_buyer
from tests.factories.order_reading import order, order_in, row_of
from tests.factories.statements import counted_statements
from tests.factories.user import make_customer
from tests.support.outbox import settle
from tests.support.unchanged import nothing_changes

HOUR = timedelta(hours=1)


def paid(buyer: Buyer | None = None, **product: object) -> str:
    """The number of a paid order whose news is booked."""
    no = order_in(OrderStatus.PAID, buyer or make_buyer(), make_product(price_fen=5000, **product), quantity=3)  # type: ignore[arg-type]  # fields of several types
    settle()
    return no


def send(desk: Desk, delivery: Delivery, *, now: datetime | None = None) -> Delivery:
    desk.services.sending.send(delivery_id=delivery.id, now=now or delivery.next_try_at or utc_now())
    return the_delivery(delivery.order_no)


def test_the_buyer_is_told_what_was_paid(desk: Desk) -> None:
    no = paid(title="五常大米 🌾 5kg")

    done = send(desk, the_delivery(no))

    assert (done.state, done.tries, done.last_answer, done.next_try_at) == (DeliveryState.SENT, 1, None, None)
    (message,) = desk.messenger.sent
    assert (message.template_id, message.page) == ("tpl-paid", f"pages/order/detail?no={no}")
    assert message.to.startswith("o_test_")
    assert dict(message.fields) | {"time4": "…"} == {
        "character_string1": no,
        "amount2": "150.00元",
        "thing3": "五常大米 🌾 5kg等 3 件",
        "time4": "…",
    }


def test_the_buyer_is_told_how_it_was_shipped(desk: Desk) -> None:
    no = order_in(OrderStatus.SHIPPED, make_buyer())
    settle()
    _, shipped = deliveries(no)

    desk.services.sending.send(delivery_id=shipped.id, now=utc_now())

    (fields,) = desk.messages
    assert fields["thing3"] == "顺丰速运"
    assert fields["character_string4"] == "SF1234567890"
    assert set(fields) == {"character_string1", "thing2", "thing3", "character_string4", "time5"}


def test_an_order_without_a_spec_and_with_several_lines_names_the_first(desk: Desk) -> None:
    buyer = make_buyer()
    first, second = make_product(title="米"), make_product(title="盐")
    no = order(buyer, {first.sku_id: 1, second.sku_id: 2}).no
    in_transaction(lambda: db.session.execute(update(OrderLine).values(spec_text="")))
    assert (card(order_no=no).first_title, card(order_no=no).item_count) == ("米", 3)


def test_a_card_is_one_statement_and_none_for_a_number_that_is_not_there(desk: Desk) -> None:
    no = paid()
    with counted_statements() as statements:
        found = card(order_no=no)
    assert len(statements) == 1
    assert (found.order_no, found.payable_fen, found.buyer_id) == (no, 15000, row_of(no).buyer_id)
    assert (found.shipped_at, found.tracking_no, found.express_company) == (None, None, None)
    for number in ("261120", "米", ""):
        with pytest.raises(OrderNotFound):
            card(order_no=number)


def test_what_is_done_is_not_done_again(desk: Desk) -> None:
    delivery = the_delivery(paid())
    send(desk, delivery)
    with nothing_changes():
        send(desk, delivery)
        assert desk.services.sending.send_due(now=utc_now() + HOUR) == 0
    assert len(desk.messages) == 1


def test_sending_changes_only_the_delivery(desk: Desk) -> None:
    delivery = the_delivery(paid())
    for failure in (TryAgain("busy"), NotSubscribed("43101")):
        desk.messenger.fail_next(failure)
        with nothing_changes(but={"ntf_delivery"}):
            delivery = send(desk, delivery)


def test_a_buyer_who_has_not_subscribed_is_left_alone(desk: Desk) -> None:
    desk.messenger.fail_next(NotSubscribed("43101: not subscribed"))

    done = send(desk, the_delivery(paid()))

    assert (done.state, done.last_answer, done.tries) == (DeliveryState.REFUSED, "43101: not subscribed", 1)
    assert desk.services.sending.send_due(now=utc_now() + 24 * HOUR) == 0
    assert desk.messenger.calls == 1


def test_what_would_be_rejected_again_fails_at_once(desk: Desk) -> None:
    desk.messenger.fail_next(Rejected("errcode 47003"))

    done = send(desk, the_delivery(paid()))

    assert (done.state, done.last_answer, done.tries) == (DeliveryState.FAILED, "errcode 47003", 1)
    assert desk.services.sending.send_due(now=utc_now() + 24 * HOUR) == 0


def test_a_busy_channel_is_tried_again_later_and_not_before(desk: Desk) -> None:
    delivery = the_delivery(paid())
    desk.messenger.fail_next(TryAgain("busy"))
    began = delivery.next_try_at
    assert began is not None

    waiting = send(desk, delivery)

    assert (waiting.state, waiting.last_answer) == (DeliveryState.PENDING, "busy")
    assert waiting.next_try_at == began + DELAYS[0]
    assert desk.services.sending.send_due(now=began + DELAYS[0] - timedelta(milliseconds=1)) == 0
    assert desk.services.sending.send_due(now=began + DELAYS[0]) == 1
    assert (the_delivery(delivery.order_no).state, desk.messenger.calls) == (DeliveryState.SENT, 2)


def test_tries_are_bounded(desk: Desk) -> None:
    delivery = the_delivery(paid())
    for _ in range(MAX_TRIES + 3):
        desk.messenger.fail_next(TryAgain("busy"))
    for _ in range(MAX_TRIES + 3):
        delivery = send(desk, delivery)
    assert (delivery.state, delivery.tries, delivery.last_answer) == (DeliveryState.FAILED, MAX_TRIES, "busy")
    assert (desk.messenger.calls, desk.messages) == (MAX_TRIES, [])


def test_after_an_unknown_outcome_it_is_asked_once_more_and_a_used_up_subscription_is_understood(desk: Desk) -> None:
    delivery = the_delivery(paid())
    desk.messenger.fail_next(TryAgain("no answer"), after_effect=True)
    desk.messenger.fail_next(NotSubscribed("43101: not subscribed"))

    done = send(desk, send(desk, delivery))

    assert (done.state, done.last_answer) == (
        DeliveryState.REFUSED,
        "43101: not subscribed; an earlier try may have arrived",
    )
    assert len(desk.messages) == 1


def test_a_sender_that_dies_leaves_the_delivery_to_another_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery, now = the_delivery(paid()), utc_now()

    class Killed(BaseException): ...

    def die(_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(desk.messenger, "send", die)
        with pytest.raises(Killed):
            send(desk, delivery, now=now)
    assert the_delivery(delivery.order_no).tries == 1
    assert desk.services.sending.send_due(now=now + CLAIM - timedelta(milliseconds=1)) == 0
    assert desk.services.sending.send_due(now=now + CLAIM) == 1
    assert len(desk.messages) == 1


def test_one_that_kills_its_sender_each_time_fails_without_another_call(desk: Desk) -> None:
    delivery = the_delivery(paid())
    in_transaction(lambda: db.session.execute(update(Delivery).values(tries=MAX_TRIES)))

    done = send(desk, delivery)

    assert (done.state, done.last_answer) == (DeliveryState.FAILED, f"no outcome after {MAX_TRIES} tries")
    assert desk.messenger.calls == 0


def test_a_recipient_without_an_openid_here_cannot_be_told(desk: Desk) -> None:
    book("1", recipient_id=make_customer(appid="wx-another"))
    done = send(desk, the_delivery("1"))
    assert (done.state, done.last_answer) == (
        DeliveryState.FAILED,
        "the recipient has no openid in this mini-program",
    )


def test_a_template_that_was_taken_away_skips_what_was_booked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = the_delivery(paid())
    plans: dict[Kind, Plan] = desk.services.booking.plans  # type: ignore[assignment]  # a dict behind the Mapping
    monkeypatch.setitem(plans, Kind.ORDER_PAID, Plan(channel=delivery.channel, template_id="", page="", fields={}))
    assert send(desk, delivery).state is DeliveryState.SKIPPED
    assert desk.messenger.calls == 0


def test_the_sweep_sends_the_longest_waiting_first_and_stops_at_a_silent_channel(desk: Desk) -> None:
    buyer = make_buyer()
    numbers = [paid(buyer) for _ in range(4)]
    desk.messenger.fail_next(NotSubscribed("43101"))
    desk.messenger.fail_next(TryAgain("busy"))

    assert desk.services.sending.send_due(now=utc_now()) == 2

    states = [the_delivery(no).state.value for no in numbers]
    assert states == ["refused", "pending", "pending", "pending"]
    assert [the_delivery(no).tries for no in numbers] == [1, 1, 0, 0]
    assert desk.services.sending.send_due(now=utc_now()) == 2
    assert [message["character_string1"] for message in desk.messages] == numbers[2:]


def test_one_that_cannot_be_sent_does_not_keep_the_others_waiting(desk: Desk) -> None:
    book("404404", recipient_id=make_buyer().id)
    no = paid()

    assert desk.services.sending.send_due(now=utc_now()) == 2

    assert the_delivery(no).state is DeliveryState.SENT
    broken = the_delivery("404404")
    assert (broken.state, broken.tries) == (DeliveryState.PENDING, 1)


@pytest.mark.parametrize("failure", [TryAgain("busy"), NotSubscribed("43101"), Rejected("47003")])
def test_a_slower_try_does_not_undo_that_it_was_sent(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, failure: NotDelivered
) -> None:
    delivery, send_now = the_delivery(paid()), desk.messenger.send

    def overtaken(message: object) -> None:
        """While this try hangs, its claim runs out and another one gets the message through."""
        monkeypatch.setattr(desk.messenger, "send", send_now)
        desk.services.sending.send(delivery_id=delivery.id, now=utc_now() + CLAIM)
        raise failure

    monkeypatch.setattr(desk.messenger, "send", overtaken)

    assert send(desk, delivery).state is DeliveryState.SENT
    assert len(desk.messages) == 1


def test_that_it_was_sent_counts_more_than_a_faster_no(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery, send_now = the_delivery(paid()), desk.messenger.send

    def slow(message: object) -> None:
        monkeypatch.setattr(desk.messenger, "send", send_now)
        desk.messenger.fail_next(NotSubscribed("43101"))
        desk.services.sending.send(delivery_id=delivery.id, now=utc_now() + CLAIM)

    monkeypatch.setattr(desk.messenger, "send", slow)

    assert send(desk, delivery).state is DeliveryState.SENT

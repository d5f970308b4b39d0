"""The relay moves every message at least once, in order, with the broker up or down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend.inventory.domain.stock import StockItem
from backend.inventory.events import AvailabilityChanged
from backend.order.events import OrderCompleted
from kit.db.extension import db
from kit.event.bus import Bus, Subscription
from kit.event.outbox import MessageKind, OutboxMessage, add_event, enqueue
from kit.event.relay import BATCH, LEASE, LOCAL_RETRY, Drained, Relay
from kit.log.context import actor, request_id
from kit.service.transaction import in_transaction
from tests.fakes.publisher import FakePublisher
from tests.integration.kit.rows import AT, add_one, count, on_hand, outbox, stocked

pytestmark = pytest.mark.usefixtures("app")


@dataclass
class Clock:
    """The relay's clock, moved by the test."""

    now: datetime = AT

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def count_in_stock(event: AvailabilityChanged) -> None:
    """A consumer whose effect can be counted."""
    for sku_id in event.sku_ids:
        add_one(sku_id)


def bus_of(*subscriptions: Subscription) -> Bus:
    bus = Bus()
    bus.subscribe(subscriptions)
    return bus


@pytest.fixture
def bus() -> Bus:
    """One consumer of AvailabilityChanged."""
    return bus_of(Subscription("test.count", AvailabilityChanged, count_in_stock))


def happened(*sku_ids: int, at: datetime = AT) -> None:
    """One event per SKU, in order."""

    def record() -> None:
        for sku_id in sku_ids:
            add_event(AvailabilityChanged(sku_ids=(sku_id,)), at=at)

    in_transaction(record)


def asked(*numbers: int) -> None:
    """One task per number."""
    in_transaction(lambda: [enqueue("test.task", due_at=AT, number=number) for number in numbers])


def skus(publisher: FakePublisher) -> list[int]:
    """What arrived at the broker."""
    return [delivery.payload["sku_ids"][0] for delivery in publisher.deliveries]


def test_messages_are_published_in_their_order_and_marked(bus: Bus, clock: Clock) -> None:
    happened(3, 1, 2)
    publisher = FakePublisher()
    assert Relay(bus, publisher, clock).drain() == Drained(published=3)
    assert skus(publisher) == [3, 1, 2]
    assert [message.delivered_at for message in outbox()] == [AT] * 3


def test_delivery_names_consumer_event_and_payload(bus: Bus, clock: Clock) -> None:
    happened(7)
    publisher = FakePublisher()
    Relay(bus, publisher, clock).drain()
    (message,) = outbox()
    (delivery,) = publisher.deliveries
    assert (delivery.consumer, delivery.event_id) == ("test.count", message.id)
    assert (delivery.name, delivery.payload) == ("inventory.availability_changed", {"sku_ids": [7]})


def test_every_consumer_gets_a_delivery_of_its_own(clock: Clock) -> None:
    happened(7)
    publisher = FakePublisher()
    both = bus_of(
        Subscription("test.one", AvailabilityChanged, count_in_stock),
        Subscription("test.two", AvailabilityChanged, count_in_stock),
    )
    Relay(both, publisher, clock).drain()
    assert [delivery.consumer for delivery in publisher.deliveries] == ["test.one", "test.two"]
    assert len(set(publisher.event_ids)) == 1


def test_event_without_consumers_is_done(clock: Clock) -> None:
    happened(7)
    publisher = FakePublisher()
    assert Relay(bus_of(), publisher, clock).drain() == Drained(published=1)
    assert publisher.deliveries == []
    assert outbox()[0].delivered_at == AT


def test_task_is_published_with_its_arguments(bus: Bus, clock: Clock) -> None:
    asked(5)
    publisher = FakePublisher()
    Relay(bus, publisher, clock).drain()
    (task,) = publisher.tasks
    assert (task.kind, task.name, task.payload) == (MessageKind.TASK, "test.task", {"number": 5})


def test_delivered_message_is_never_published_again(bus: Bus, clock: Clock) -> None:
    happened(1)
    publisher = FakePublisher()
    relay = Relay(bus, publisher, clock)
    relay.drain()
    clock.now += timedelta(days=1)
    assert relay.drain() == Drained()
    assert skus(publisher) == [1]


def test_message_waits_until_it_is_due(bus: Bus, clock: Clock) -> None:
    happened(1, at=AT + timedelta(seconds=10))
    publisher = FakePublisher()
    relay = Relay(bus, publisher, clock)
    clock.now = AT + timedelta(milliseconds=9_999)
    assert relay.drain() == Drained()
    clock.now = AT + timedelta(seconds=10)
    assert relay.drain() == Drained(published=1)


def test_pass_takes_no_more_than_its_limit(bus: Bus, clock: Clock) -> None:
    happened(*range(1, 6))
    publisher = FakePublisher()
    relay = Relay(bus, publisher, clock)
    assert [relay.drain(limit=2).published for _ in range(4)] == [2, 2, 1, 0]
    assert skus(publisher) == [1, 2, 3, 4, 5]
    assert BATCH == 100


def test_retry_of_one_consumer_does_not_bother_the_others(clock: Clock) -> None:
    happened(7)
    in_transaction(
        lambda: db.session.execute(OutboxMessage.__table__.update().values(consumer="test.two", event_id=99))
    )
    publisher = FakePublisher()
    both = bus_of(
        Subscription("test.one", AvailabilityChanged, count_in_stock),
        Subscription("test.two", AvailabilityChanged, count_in_stock),
    )
    Relay(both, publisher, clock).drain()
    assert [(delivery.consumer, delivery.event_id) for delivery in publisher.deliveries] == [("test.two", 99)]


def test_with_the_broker_down_events_are_handled_in_this_process(bus: Bus, clock: Clock) -> None:
    stocked(1, 2)
    happened(1, 2)
    assert Relay(bus, FakePublisher(room=0), clock).drain() == Drained(handled_here=2, broker_down=True)
    assert (on_hand(1), on_hand(2)) == (1, 1)
    assert [message.delivered_at for message in outbox()] == [AT, AT]


def test_with_the_broker_down_tasks_wait_a_little(bus: Bus, clock: Clock) -> None:
    asked(1)
    relay = Relay(bus, FakePublisher(room=0), clock)
    assert relay.drain() == Drained(broker_down=True)
    (message,) = outbox()
    assert (message.delivered_at, message.due_at) == (None, AT + LOCAL_RETRY)
    publisher = FakePublisher()
    clock.now += LOCAL_RETRY
    assert Relay(bus, publisher, clock).drain() == Drained(published=1)
    assert [task.payload for task in publisher.tasks] == [{"number": 1}]


def test_broker_that_breaks_down_in_the_middle_keeps_what_it_confirmed(bus: Bus, clock: Clock) -> None:
    stocked(1, 2, 3)
    happened(1, 2, 3)
    publisher = FakePublisher(room=1)
    drained = Relay(bus, publisher, clock).drain()
    assert drained == Drained(published=1, handled_here=2, broker_down=True)
    assert skus(publisher) == [1]
    assert [on_hand(sku_id) for sku_id in (1, 2, 3)] == [0, 1, 1]
    assert [message.delivered_at for message in outbox()] == [AT] * 3


def test_event_that_fails_in_this_process_waits_and_leaves_nothing(clock: Clock) -> None:
    def fail(event: AvailabilityChanged) -> None:
        count_in_stock(event)
        raise ZeroDivisionError

    stocked(1)
    happened(1)
    failing = bus_of(Subscription("test.count", AvailabilityChanged, fail))
    assert Relay(failing, FakePublisher(room=0), clock).drain() == Drained(broker_down=True)
    assert on_hand(1) == 0
    (message,) = outbox()
    assert (message.delivered_at, message.due_at) == (None, AT + LOCAL_RETRY)


def test_failing_event_does_not_hold_up_the_next(clock: Clock) -> None:
    def fail(_event: OrderCompleted) -> None:
        raise ZeroDivisionError

    stocked(1)
    in_transaction(lambda: add_event(OrderCompleted(order_no="1", buyer_id=1), at=AT))
    happened(1)
    mixed = bus_of(
        Subscription("test.fail", OrderCompleted, fail), Subscription("test.count", AvailabilityChanged, count_in_stock)
    )
    assert Relay(mixed, FakePublisher(room=0), clock).drain() == Drained(handled_here=1, broker_down=True)
    assert on_hand(1) == 1


def test_reaction_in_this_process_belongs_to_the_request_that_caused_it(clock: Clock) -> None:
    seen: list[Any] = []
    happened(1)
    origin = OutboxMessage.__table__.update().values(request_id="req-12345678", actor="member:42")
    in_transaction(lambda: db.session.execute(origin))
    watching = bus_of(Subscription("test.see", AvailabilityChanged, lambda _: seen.append((request_id(), actor()))))
    Relay(watching, FakePublisher(room=0), clock).drain()
    assert seen == [("req-12345678", "member:42")]
    assert (request_id(), actor()) == (None, None)


class DyingRelay(Relay):
    """Dies between publishing and marking."""

    def _mark_delivered(self, ids: list[int]) -> None:
        raise SystemExit


def test_message_of_a_relay_that_died_is_published_again_when_its_lease_expires(bus: Bus, clock: Clock) -> None:
    happened(1)
    publisher = FakePublisher()
    with pytest.raises(SystemExit):
        DyingRelay(bus, publisher, clock).drain()
    clock.now = AT + LEASE - timedelta(milliseconds=1)
    assert Relay(bus, publisher, clock).drain() == Drained()
    clock.now = AT + LEASE
    assert Relay(bus, publisher, clock).drain() == Drained(published=1)
    assert skus(publisher) == [1, 1]


def test_message_published_twice_has_one_effect(bus: Bus, clock: Clock) -> None:
    stocked(1)
    happened(1)
    publisher = FakePublisher()
    with pytest.raises(SystemExit):
        DyingRelay(bus, publisher, clock).drain()
    clock.now += LEASE
    Relay(bus, publisher, clock).drain()
    assert [bus.deliver(delivery, now=AT) for delivery in publisher.deliveries] == [True, False]
    assert on_hand(1) == 1


def test_message_the_broker_took_and_this_process_handled_has_one_effect(bus: Bus, clock: Clock) -> None:
    """The broker took it but its confirmation never came."""
    stocked(1)
    happened(1)
    Relay(bus, FakePublisher(room=0), clock).drain()
    (message,) = outbox()
    publisher = FakePublisher()
    in_transaction(lambda: db.session.execute(OutboxMessage.__table__.update().values(delivered_at=None)))
    clock.now += LEASE
    Relay(bus, publisher, clock).drain()
    assert publisher.event_ids == [message.id]
    assert bus.deliver(publisher.deliveries[0], now=AT) is False
    assert on_hand(1) == 1


def test_nothing_is_published_inside_a_transaction(bus: Bus, clock: Clock) -> None:
    open_ones: list[bool] = []

    class Watching(FakePublisher):
        def _take(self) -> None:
            open_ones.append(db.session().in_transaction())

    happened(1)
    Relay(bus, Watching(), clock).drain()
    assert open_ones == [False]


def test_empty_outbox_is_fine(bus: Bus, clock: Clock) -> None:
    assert Relay(bus, FakePublisher(), clock).drain() == Drained()
    assert count(OutboxMessage) == 0
    assert db.session.scalars(select(StockItem)).all() == []

"""A consumer handles an event once; handling and effect stand or fall together."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.inventory.events import AvailabilityChanged
from kit.db.extension import db
from kit.event.bus import Bus, Delivery, Subscription
from kit.event.inbox import InboxEntry
from kit.event.outbox import OutboxMessage, add_event
from kit.event.sweep import KEEP_DELIVERED, KEEP_HANDLED, sweep_delivered, sweep_handled
from kit.service.transaction import in_transaction
from tests.integration.kit.rows import AT, add_one, count, on_hand, outbox, stocked

pytestmark = pytest.mark.usefixtures("app")


def delivery(consumer: str = "test.count", event_id: int = 7) -> Delivery:
    return Delivery(consumer=consumer, event_id=event_id, name=AvailabilityChanged.name, payload={"sku_ids": [1]})


@pytest.fixture
def bus() -> Bus:
    """Two consumers of one event; each adds a unit."""
    bus = Bus()
    bus.subscribe(
        [
            Subscription("test.count", AvailabilityChanged, lambda event: add_one(event.sku_ids[0])),
            Subscription("test.other", AvailabilityChanged, lambda event: add_one(event.sku_ids[0])),
        ]
    )
    stocked(1)
    return bus


def test_first_delivery_is_handled_and_noted(bus: Bus) -> None:
    assert bus.deliver(delivery(), now=AT) is True
    assert on_hand(1) == 1
    assert db.session.execute(select(InboxEntry.consumer, InboxEntry.event_id, InboxEntry.handled_at)).all() == [
        ("test.count", 7, AT)
    ]


def test_second_delivery_changes_nothing(bus: Bus) -> None:
    bus.deliver(delivery(), now=AT)
    assert bus.deliver(delivery(), now=AT) is False
    assert on_hand(1) == 1


def test_every_consumer_handles_the_event_for_itself(bus: Bus) -> None:
    assert [bus.deliver(delivery("test.count"), now=AT), bus.deliver(delivery("test.other"), now=AT)] == [True, True]
    assert on_hand(1) == 2


def test_another_event_is_handled_too(bus: Bus) -> None:
    assert [bus.deliver(delivery(event_id=7), now=AT), bus.deliver(delivery(event_id=8), now=AT)] == [True, True]


def test_failed_reaction_is_not_noted_and_may_come_again() -> None:
    attempts: list[int] = []

    def react(_event: AvailabilityChanged) -> None:
        attempts.append(1)
        add_one(1)
        if len(attempts) == 1:
            raise ZeroDivisionError

    stocked(1)
    bus = Bus()
    bus.subscribe([Subscription("test.count", AvailabilityChanged, react)])
    with pytest.raises(ZeroDivisionError):
        bus.deliver(delivery(), now=AT)
    assert (on_hand(1), count(InboxEntry)) == (0, 0)
    assert bus.deliver(delivery(), now=AT) is True
    assert (on_hand(1), count(InboxEntry)) == (1, 1)


def test_fields_of_a_newer_writer_are_ignored(bus: Bus) -> None:
    newer = Delivery(consumer="test.count", event_id=7, name="x", payload={"sku_ids": [1], "colour": "red"})
    assert bus.deliver(newer, now=AT) is True


def test_consumer_nobody_knows_is_an_error(bus: Bus) -> None:
    with pytest.raises(KeyError):
        bus.deliver(delivery("test.of_another_version"), now=AT)
    assert count(InboxEntry) == 0


def test_consumer_name_stands_for_one_reaction(bus: Bus) -> None:
    with pytest.raises(ValueError, match=r"test\.count is subscribed twice"):
        bus.subscribe([Subscription("test.count", AvailabilityChanged, print)])


def test_old_inbox_rows_are_swept_and_young_ones_stay(bus: Bus) -> None:
    bus.deliver(delivery(event_id=1), now=AT)
    bus.deliver(delivery(event_id=2), now=AT + timedelta(milliseconds=1))
    assert sweep_handled(now=AT + KEEP_HANDLED + timedelta(milliseconds=1)) == 1
    assert db.session.scalars(select(InboxEntry.event_id)).all() == [2]


def test_old_delivered_messages_are_swept_and_all_others_stay() -> None:
    in_transaction(lambda: [add_event(AvailabilityChanged(sku_ids=(1,)), at=AT) for _ in range(3)])
    old, young, pending = outbox()
    table = OutboxMessage.__table__
    for message, delivered_at in ((old, AT), (young, AT + timedelta(milliseconds=1))):
        mark = table.update().where(table.c.id == message.id).values(delivered_at=delivered_at)
        in_transaction(lambda mark=mark: db.session.execute(mark))
    assert sweep_delivered(now=AT + KEEP_DELIVERED + timedelta(milliseconds=1)) == 1
    assert [message.id for message in outbox()] == [young.id, pending.id]


def test_sweeping_nothing_is_fine() -> None:
    assert (sweep_delivered(now=AT), sweep_handled(now=AT)) == (0, 0)

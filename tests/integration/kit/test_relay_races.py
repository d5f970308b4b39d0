"""Two relays, two workers: claims keep relays apart, the inbox keeps deliveries apart."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select

from backend.inventory.events import AvailabilityChanged
from kit.event import bus as bus_module
from kit.event import relay as relay_module
from kit.event.bus import Bus, Delivery, Subscription
from kit.event.inbox import InboxEntry
from kit.event.message import Message
from kit.event.outbox import add_event
from kit.event.relay import Drained, Relay
from kit.service.transaction import in_transaction
from tests.fakes.publisher import FakePublisher
from tests.integration.kit.rows import AT, add_one, at_once, count, noop, on_hand, outbox, stocked

pytestmark = [pytest.mark.commits, pytest.mark.mysql_only]

DELIVERY = Delivery(consumer="test.count", event_id=7, name=AvailabilityChanged.name, payload={"sku_ids": [1]})


class MeetingRelay(Relay):
    """Meets the other relay while both hold their claims."""

    def __init__(self, bus: Bus, publisher: FakePublisher, barrier: threading.Barrier) -> None:
        super().__init__(bus, publisher, lambda: AT)
        self._barrier = barrier

    def _set_due(self, messages: Sequence[Message], due_at: datetime) -> None:
        self._barrier.wait()
        super()._set_due(messages, due_at)


class Unlocked(Select[Any]):
    """A query that forgets FOR UPDATE."""

    inherit_cache = True

    def with_for_update(self, **_: Any) -> Unlocked:
        return self


def drained_by_two(app: Flask, *, messages: int) -> tuple[list[Drained | BaseException], list[int]]:
    """What two relays did that claimed at the same moment, and the event ids the broker got."""
    in_transaction(lambda: [add_event(AvailabilityChanged(sku_ids=(1,)), at=AT) for _ in range(messages)])
    publisher, barrier = FakePublisher(), threading.Barrier(2, timeout=3)
    bus = Bus()
    bus.subscribe([Subscription("test.count", AvailabilityChanged, noop)])
    relays = [MeetingRelay(bus, publisher, barrier) for _ in range(2)]
    outcomes = at_once(app, *[lambda relay=relay: relay.drain(limit=10) for relay in relays])
    return outcomes, publisher.event_ids


def test_two_relays_at_once_share_the_messages(app: Flask) -> None:
    outcomes, event_ids = drained_by_two(app, messages=20)
    assert outcomes == [Drained(published=10)] * 2
    assert sorted(event_ids) == [message.id for message in outbox()]


def test_without_row_locks_both_relays_would_publish_the_same(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_module, "select", Unlocked)
    _, event_ids = drained_by_two(app, messages=10)
    assert len(event_ids) == 20
    assert len(set(event_ids)) == 10


def test_many_passes_of_two_relays_publish_every_message_once(app: Flask) -> None:
    in_transaction(lambda: [add_event(AvailabilityChanged(sku_ids=(1,)), at=AT) for _ in range(200)])
    publisher, bus = FakePublisher(), Bus()
    bus.subscribe([Subscription("test.count", AvailabilityChanged, noop)])

    def drain_all() -> None:
        relay = Relay(bus, publisher, lambda: AT)
        while relay.drain(limit=20).published:
            pass

    at_once(app, drain_all, drain_all)
    assert sorted(publisher.event_ids) == [message.id for message in outbox()]
    assert len(publisher.event_ids) == 200


def counting_bus(react: Callable[[], None] = noop) -> Bus:
    """One consumer that adds a unit, after `react`."""

    def count_in_stock(_event: AvailabilityChanged) -> None:
        react()
        add_one(1)

    bus = Bus()
    bus.subscribe([Subscription("test.count", AvailabilityChanged, count_in_stock)])
    return bus


def delivered_twice(app: Flask, *, first_fails: bool = False) -> list[bool | BaseException]:
    """Outcomes of two deliveries: the second begins while the first is inside its reaction."""
    stocked(1)
    inside = threading.Event()

    def dawdle() -> None:
        if not inside.is_set():
            inside.set()
            time.sleep(0.15)  # long enough for the second to run into the inbox row
            if first_fails:
                raise ZeroDivisionError

    bus = counting_bus(dawdle)

    def second() -> bool:
        assert inside.wait(5)
        return bus.deliver(DELIVERY, now=AT)

    return at_once(app, lambda: bus.deliver(DELIVERY, now=AT), second)


def test_two_deliveries_at_once_have_one_effect(app: Flask) -> None:
    assert delivered_twice(app) == [True, False]
    assert on_hand(1) == 1
    assert count(InboxEntry) == 1


def test_without_the_inbox_they_would_have_two(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus_module, "mark_handled", noop)
    assert delivered_twice(app) == [True, True]
    assert on_hand(1) == 2


def test_second_delivery_takes_over_when_the_first_fails(app: Flask) -> None:
    failed, handled = delivered_twice(app, first_fails=True)
    assert isinstance(failed, ZeroDivisionError)
    assert handled is True
    assert on_hand(1) == 1

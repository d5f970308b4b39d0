"""Every event class is frozen, named, made of primitives; every subscriber stands above what it listens to."""

from __future__ import annotations

import json
import types
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from backend.app import MODULES
from kit.context.module import Module
from kit.domain.event import DomainEvent
from kit.event.bus import Subscription
from tests.architecture.sources import context_of, import_everything, ours

import_everything()
EVENTS = ours(DomainEvent)
_SAMPLES: dict[Any, Any] = {int: 2**62, str: "值 value", bool: True, type(None): None, tuple[int, ...]: (1, 2**62)}


def flaws(event: type[DomainEvent]) -> list[str]:
    """What is wrong with an event class."""
    found = []
    own = vars(event).get("__dataclass_params__")
    if own is None or not own.frozen or not all(field.kw_only for field in fields(event)):
        found.append("not decorated with @dataclass(frozen=True, kw_only=True)")
    if "name" not in vars(event):
        found.append("no name")
    if not isinstance(event.version, int) or event.version < 1:
        found.append("no version")
    hints = get_type_hints(event)
    found += [
        f"{field.name} is not a primitive"
        for field in (fields(event) if own else ())
        if not _alternatives(hints[field.name]) <= set(_SAMPLES)
    ]
    return found


def _alternatives(hint: Any) -> set[Any]:
    return set(get_args(hint)) if get_origin(hint) in (Union, types.UnionType) else {hint}


def upward(modules: Sequence[Module]) -> list[str]:
    """Subscriptions to an event of a context that stands higher than the subscriber (`modules`: lower ones first)."""
    rank = {module.name: number for number, module in enumerate(modules)}
    return [
        f"{subscription.consumer} listens to {subscription.event.__name__}"
        for module in modules
        for subscription in module.subscriptions
        if rank[context_of(subscription.event.__module__)] > rank[module.name]
    ]


def test_project_has_events_to_check() -> None:
    assert len(EVENTS) > 8


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_event_is_frozen_named_and_made_of_primitives(event: type[DomainEvent]) -> None:
    assert flaws(event) == []


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_event_is_named_after_its_context_and_lives_in_its_events_module(event: type[DomainEvent]) -> None:
    assert event.__module__ == f"backend.{event.name.split('.')[0]}.events"


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_event_survives_the_way_through_json(event: type[DomainEvent]) -> None:
    hints = get_type_hints(event)
    values = {
        field.name: _SAMPLES[next(kind for kind in _SAMPLES if kind in _alternatives(hints[field.name]))]
        for field in fields(event)
    }
    fact = event(**values)
    assert event.from_payload(json.loads(json.dumps(fact.payload()))) == fact


def test_event_names_are_unique() -> None:
    repeated = [name for name, count in Counter(event.name for event in EVENTS).items() if count > 1]
    assert repeated == []


def test_no_context_listens_to_one_above_it() -> None:
    assert upward(MODULES) == []


def test_consumers_are_named_after_their_context_and_once() -> None:
    consumers = [(module.name, item.consumer) for module in MODULES for item in module.subscriptions]
    assert [consumer for context, consumer in consumers if not consumer.startswith(f"{context}.")] == []
    assert len({consumer for _, consumer in consumers}) == len(consumers) > 0


def test_listening_upwards_is_noticed() -> None:
    order_placed = next(event for event in EVENTS if event.name == "order.placed")
    bad = Subscription("user.spy", order_placed, lambda _event: None)
    user = Module(name="user", wire=lambda *_: None, subscriptions=(bad,))
    order = Module(name="order", wire=lambda *_: None)
    assert upward([user, order]) == ["user.spy listens to OrderPlaced"]


class _Undecorated(DomainEvent):
    """Fields that dataclass never saw."""

    when: str


@dataclass(frozen=True, kw_only=True)
class _Inexact(DomainEvent):
    """Binary floating point."""

    name = "tests.inexact"
    amount: float


def test_undecorated_event_class_is_noticed() -> None:
    assert flaws(_Undecorated) == ["not decorated with @dataclass(frozen=True, kw_only=True)", "no name"]


def test_event_class_with_a_float_is_noticed() -> None:
    assert flaws(_Inexact) == ["amount is not a primitive"]

"""Who listens to what. Filled once by the application from the contexts' module.py; read by relay and workers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kit.domain.event import DomainEvent
from kit.event.inbox import AlreadyHandled, mark_handled
from kit.service.transaction import in_transaction


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One event for one consumer, as it travels through the broker (JSON-ready)."""

    consumer: str
    event_id: int
    name: str
    payload: dict[str, Any]


@dataclass(frozen=True)
class Subscription:
    """`consumer` (stable name, e.g. ``order.mark_paid``) wants every `event`; `react` runs in one transaction."""

    consumer: str
    event: type[DomainEvent]
    react: Callable[[Any], None]


class Bus:
    """The table of subscriptions."""

    def __init__(self) -> None:
        self._by_consumer: dict[str, Subscription] = {}
        self._by_event: dict[str, list[Subscription]] = {}

    def subscribe(self, subscriptions: Iterable[Subscription]) -> None:
        """Add subscriptions. A consumer name stands for one reaction."""
        for subscription in subscriptions:
            if subscription.consumer in self._by_consumer:
                raise ValueError(f"consumer {subscription.consumer} is subscribed twice")
            self._by_consumer[subscription.consumer] = subscription
            self._by_event.setdefault(subscription.event.name, []).append(subscription)

    def consumers_of(self, event_name: str) -> list[str]:
        """Names of the consumers of an event; none is fine."""
        return [subscription.consumer for subscription in self._by_event.get(event_name, [])]

    def subscriptions(self) -> list[Subscription]:
        """All of them."""
        return list(self._by_consumer.values())

    def deliver(self, delivery: Delivery, *, now: datetime) -> bool:
        """Let the consumer react in a transaction of its own; False when it had done so before.

        Raises KeyError for a consumer nobody subscribed: a message of another version of the program.
        """
        subscription = self._by_consumer[delivery.consumer]
        event = subscription.event.from_payload(delivery.payload)

        def handle() -> None:
            mark_handled(delivery.consumer, delivery.event_id, at=now)
            subscription.react(event)

        try:
            in_transaction(handle)
        except AlreadyHandled:
            return False
        return True

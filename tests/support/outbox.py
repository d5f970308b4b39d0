"""Lets events reach their consumers without a broker, and shows what waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select

from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.event.bus import Delivery
from kit.event.message import Message
from kit.event.outbox import MessageKind, OutboxMessage
from kit.event.relay import BrokerDown, Relay
from tests.support.fresh import fresh_session


class NoBroker:
    """A publisher whose broker is away: the relay lets the consumers of events react in this process."""

    def publish_delivery(self, delivery: Delivery, *, message: Message) -> None:
        raise BrokerDown("no broker in this test")

    def publish_task(self, message: Message) -> None:
        raise BrokerDown("no broker in this test")


def settle() -> None:
    """Deliver every waiting event, and those they cause. Tasks stay."""
    # Tests that play tomorrow record events of tomorrow: they are due for a relay of the day after.
    relay = Relay(current_app.extensions["qiyuan_bus"], NoBroker(), clock=lambda: utc_now() + timedelta(days=2))
    while relay.drain().handled_here:
        pass
    fresh_session()


def waiting_tasks() -> list[tuple[str, dict[str, Any]]]:
    """Task requests that no worker has taken."""
    fresh_session()
    query = select(OutboxMessage.name, OutboxMessage.payload).where(
        OutboxMessage.kind == MessageKind.TASK, OutboxMessage.delivered_at.is_(None)
    )
    return [(name, payload) for name, payload in db.session.execute(query.order_by(OutboxMessage.id))]


def events(name: str) -> list[dict[str, Any]]:
    """Payloads of all events of this name, delivered or not."""
    fresh_session()
    query = select(OutboxMessage.payload).where(
        OutboxMessage.kind == MessageKind.EVENT, OutboxMessage.name == name, OutboxMessage.consumer.is_(None)
    )
    return list(db.session.scalars(query.order_by(OutboxMessage.id)))

"""The outbox: facts and task requests, written in the same flush as the change they belong to (design rule 12)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, Integer, String, Text, insert
from sqlalchemy import event as listener
from sqlalchemy.orm import Mapped, Session, mapped_column

from kit.db.extension import db
from kit.db.types import BigId, Code, EnumText, UtcDateTime
from kit.domain.clock import utc_now
from kit.domain.entity import Aggregate, Entity
from kit.domain.event import DomainEvent
from kit.domain.identity import new_id
from kit.log.context import actor, request_id
from kit.service.transaction import TransactionOpen, in_use_case


class MessageKind(StrEnum):
    """A fact for whoever subscribed, or a request to run one task."""

    EVENT = "event"
    TASK = "task"


class OutboxMessage(Entity):
    """One message on its way to the broker. `due_at` is also the lease: a claimed row is due again when it expires."""

    __tablename__ = "kit_outbox"
    __table_args__ = (Index("ix_kit_outbox_pending", "delivered_at", "due_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    kind: Mapped[MessageKind] = mapped_column(EnumText(MessageKind, "kind"))
    name: Mapped[str] = mapped_column(Code(80))
    event_version: Mapped[int] = mapped_column(Integer, default=1)
    # Set when one consumer of an event must be tried again; the others had it already.
    consumer: Mapped[str | None] = mapped_column(Code(80))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    aggregate: Mapped[str | None] = mapped_column(Code(60))
    aggregate_id: Mapped[int | None] = mapped_column(BigId)
    aggregate_version: Mapped[int | None] = mapped_column(Integer)
    # The event this row repeats for one consumer; its own id for a first delivery.
    event_id: Mapped[int] = mapped_column(BigId)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str | None] = mapped_column(String(80))
    request_id: Mapped[str | None] = mapped_column(Code(64))
    attempt: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)


def add_event(event: DomainEvent, *, at: datetime) -> None:
    """Record a fact from a place that has no aggregate: conditional Core updates and sweeps."""
    add_events([event], at=at)


def add_events(events: Sequence[DomainEvent], *, at: datetime) -> None:
    """Record several facts with one statement; none is fine."""
    _assert_in_use_case()
    if events:
        db.session.execute(insert(OutboxMessage), [_event_row(event, at=at, aggregate=None) for event in events])


def enqueue(task: str, *, due_at: datetime | None = None, attempt: int = 0, **arguments: Any) -> None:
    """Ask for `task` to run after this use case commits, not before `due_at`. Never talks to the broker.

    `arguments` must be JSON-ready. Architecture tests check that every name used here is registered in task/.
    """
    _assert_in_use_case()
    now = utc_now()
    row = _row(MessageKind.TASK, task, arguments, occurred_at=now, due_at=due_at or now) | {"attempt": attempt}
    db.session.execute(insert(OutboxMessage), [row])


def _assert_in_use_case() -> None:
    if not in_use_case():
        raise TransactionOpen("outside a @transactional use case nobody would commit this message")


def _row(
    kind: MessageKind, name: str, payload: dict[str, Any], *, occurred_at: datetime, due_at: datetime
) -> dict[str, Any]:
    message_id = new_id()
    return {
        "id": message_id,
        "event_id": message_id,
        "kind": kind,
        "name": name,
        "event_version": 1,
        "payload": payload,
        "aggregate": None,
        "aggregate_id": None,
        "aggregate_version": None,
        "occurred_at": occurred_at,
        "actor": actor(),
        "request_id": request_id(),
        "attempt": 0,
        "due_at": due_at,
    }


def _event_row(event: DomainEvent, *, at: datetime, aggregate: Aggregate | None) -> dict[str, Any]:
    row = _row(MessageKind.EVENT, event.name, event.payload(), occurred_at=at, due_at=at)
    row["event_version"] = type(event).version
    if aggregate is not None:
        row["aggregate"] = type(aggregate).__tablename__
        row["aggregate_id"] = aggregate.id
        row["aggregate_version"] = aggregate.version
    return row


@listener.listens_for(Session, "after_flush")
def _collect(session: Session, _flush_context: Any) -> None:
    """Turn what aggregates recorded into rows, after their own rows: ids and versions are final here.

    `new`, `dirty` and `deleted` still show what this flush wrote, with strong references; the identity map's are weak.
    """
    rows = [
        _event_row(recorded.event, at=recorded.at, aggregate=entity)
        for entity in [*session.new, *session.dirty, *session.deleted]
        if isinstance(entity, Aggregate)
        for recorded in entity.take_recorded()
    ]
    if rows:
        session.execute(insert(OutboxMessage), rows)

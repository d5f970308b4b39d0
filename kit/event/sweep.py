"""Removes what was delivered and handled long ago."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, tuple_

from kit.db.extension import db
from kit.event.inbox import InboxEntry
from kit.event.outbox import OutboxMessage
from kit.service.batches import SIZE, until_done

KEEP_DELIVERED = timedelta(days=3)
# Longer than any message can stay in a queue or dead-letter queue and come back.
KEEP_HANDLED = timedelta(days=90)


def sweep_delivered(*, now: datetime) -> int:
    """Delete delivered outbox rows older than `KEEP_DELIVERED`; returns how many."""
    old = select(OutboxMessage.id).where(OutboxMessage.delivered_at < now - KEEP_DELIVERED)

    def step() -> int:
        ids = list(db.session.scalars(old.order_by(OutboxMessage.delivered_at).limit(SIZE)))
        if ids:
            db.session.execute(delete(OutboxMessage).where(OutboxMessage.id.in_(ids)))
        return len(ids)

    return until_done(step)


def sweep_handled(*, now: datetime) -> int:
    """Delete inbox entries older than `KEEP_HANDLED`; returns how many."""
    key = (InboxEntry.consumer, InboxEntry.event_id)
    old = select(*key).where(InboxEntry.handled_at < now - KEEP_HANDLED)

    def step() -> int:
        keys = [tuple(row) for row in db.session.execute(old.order_by(InboxEntry.handled_at).limit(SIZE))]
        if keys:
            db.session.execute(delete(InboxEntry).where(tuple_(*key).in_(keys)))
        return len(keys)

    return until_done(step)

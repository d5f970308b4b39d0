"""Removes what was delivered and handled long ago, in small batches that lock little."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from kit.db.extension import db
from kit.event.inbox import InboxEntry
from kit.event.outbox import OutboxMessage
from kit.service.transaction import transactional

KEEP_DELIVERED = timedelta(days=3)
# Longer than any message can stay in a queue or dead-letter queue and come back.
KEEP_HANDLED = timedelta(days=90)
_BATCH = 1000


@transactional
def sweep_delivered(*, now: datetime) -> int:
    """Delete up to a batch of delivered outbox rows; returns how many."""
    old = (
        select(OutboxMessage.id)
        .where(OutboxMessage.delivered_at < now - KEEP_DELIVERED)
        .order_by(OutboxMessage.delivered_at)
        .limit(_BATCH)
    )
    ids = list(db.session.scalars(old))
    if ids:
        db.session.execute(delete(OutboxMessage).where(OutboxMessage.id.in_(ids)))
    return len(ids)


@transactional
def sweep_handled(*, now: datetime) -> int:
    """Delete up to a batch of old inbox entries; returns how many."""
    old = select(InboxEntry.consumer, InboxEntry.event_id).where(InboxEntry.handled_at < now - KEEP_HANDLED)
    rows = db.session.execute(old.limit(_BATCH)).all()
    for consumer, event_id in rows:
        db.session.execute(delete(InboxEntry).where(InboxEntry.consumer == consumer, InboxEntry.event_id == event_id))
    return len(rows)

"""The inbox: what a consumer has handled, written in the consumer's own transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.error import is_duplicate
from kit.db.extension import db
from kit.db.types import BigId, Code, UtcDateTime
from kit.domain.entity import Entity


class InboxEntry(Entity):
    """`consumer` has handled the event; a second delivery changes nothing."""

    __tablename__ = "kit_inbox"

    consumer: Mapped[str] = mapped_column(Code(80), primary_key=True)
    event_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    handled_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class AlreadyHandled(Exception):
    """The event was delivered before."""


def mark_handled(consumer: str, event_id: int, *, at: datetime) -> None:
    """Claim the event for this transaction; waits for one that is handling it now. Raises `AlreadyHandled`."""
    try:
        db.session.execute(insert(InboxEntry).values(consumer=consumer, event_id=event_id, handled_at=at))
    except IntegrityError as error:
        if is_duplicate(error):
            raise AlreadyHandled from None
        raise

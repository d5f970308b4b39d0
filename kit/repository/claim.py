"""Due rows for janitors: each is given to one caller at a time and comes back by itself when that caller dies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute, scoped_session
from sqlalchemy.sql.elements import ColumnElement

from kit.domain.entity import Identified


def claim_due(
    session: scoped_session[Any],
    entity: type[Identified],
    due: InstrumentedAttribute[Any],
    *,
    now: datetime,
    lease: timedelta,
    limit: int,
    where: Sequence[ColumnElement[bool]] = (),
    also_set: dict[str, Any] | None = None,
) -> list[int]:
    """Ids whose `due` moment has come, the longest waiting first; their `due` moves to the end of the lease.

    Several callers at once skip each other's rows. The rows' version stays: nothing about them has changed, and
    whoever works on one at this moment is not disturbed.
    """
    waiting = select(entity.id).where(due <= now, *where).order_by(due).limit(limit).with_for_update(skip_locked=True)
    ids = list(session.scalars(waiting))
    if ids:
        claim = update(entity).where(entity.id.in_(ids)).values({due.key: now + lease} | (also_set or {}))
        session.execute(claim, execution_options={"synchronize_session": False})
    return ids

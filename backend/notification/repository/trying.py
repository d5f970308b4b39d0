"""What is to be sent: booked once, and given to one sender at a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from backend.notification.domain.trying import Trying
from kit.db.error import is_duplicate
from kit.repository.base import Repository
from kit.repository.claim import claim_due

# Longer than one send can take: a token and the message, each twice, with 8 s each.
CLAIM = timedelta(seconds=120)

T = TypeVar("T", bound=Trying)


class TryingRepository(Repository[T]):
    """What is to be sent, and what was."""

    entity: ClassVar[type[Any]]

    def book(self, delivery: T) -> bool:
        """Write it now; False when this recipient has it already: the unique key has the last word."""
        try:
            with self.session.begin_nested():
                self.add(delivery)
                self.flush()
        except IntegrityError as error:
            if is_duplicate(error):
                return False
            raise
        return True

    def now(self, delivery_id: int) -> T | None:
        """The delivery as the database has it: claiming changes rows behind the session's back."""
        query = select(self.entity).where(self.entity.id == delivery_id)
        return self.first(query.execution_options(populate_existing=True))

    def forget_finished(self, before: datetime, *, limit: int) -> int:
        """Delete what was sent, or given up, before; returns how many."""
        old = select(self.entity.id).where(self.entity.finished_at < before).order_by(self.entity.finished_at)
        ids = list(self.session.scalars(old.limit(limit)))
        if ids:
            self.session.execute(delete(self.entity).where(self.entity.id.in_(ids)))
        return len(ids)

    def claim(self, *, now: datetime, delivery_id: int | None = None) -> int | None:
        """The id of a due delivery (or of this one, if it is due) for one caller alone; counts as a try.

        It is due again after `CLAIM` unless an outcome is written. A try that dies with its process counts too.
        """
        this_one = () if delivery_id is None else (self.entity.id == delivery_id,)
        claimed = claim_due(
            self.session,
            self.entity,
            self.entity.next_try_at,
            now=now,
            lease=CLAIM,
            limit=1,
            where=this_one,
            also_set={"tries": self.entity.tries + 1},
        )
        return claimed[0] if claimed else None

"""How anything is sent that may fail: tries with growing pauses, and one of four ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.types import EnumText, UtcDateTime
from kit.domain.entity import Aggregate

# After the first try, the second, …; when all are used up the news is stale, and the delivery failed.
DELAYS = (
    timedelta(seconds=15),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
)
MAX_TRIES = len(DELAYS) + 1


class DeliveryState(StrEnum):
    """PENDING while tries are left. REFUSED: the recipient has not subscribed, which is their right and no error."""

    PENDING = "pending"
    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"
    SKIPPED = "skipped"


# What was sent is a fact, even when a slower try of the same delivery has meanwhile been told otherwise.
_TRANSITIONS: dict[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.PENDING: frozenset(DeliveryState),
    DeliveryState.REFUSED: frozenset({DeliveryState.SENT}),
    DeliveryState.FAILED: frozenset({DeliveryState.SENT}),
}


class Trying(Aggregate):
    """One thing for one recipient. `tries` counts begun ones, also those whose end nobody has seen."""

    __abstract__ = True

    state: Mapped[DeliveryState] = mapped_column(EnumText(DeliveryState, "state"))
    tries: Mapped[int] = mapped_column(Integer, default=0)
    last_answer: Mapped[str | None] = mapped_column(String(200))
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def is_open(self) -> bool:
        """True while it is to be sent."""
        return self.state is DeliveryState.PENDING

    def has_tries_left(self) -> bool:
        """False when one more than allowed was begun: the last one never told how it ended."""
        return self.tries <= MAX_TRIES

    def can_take_answer(self, state: DeliveryState) -> bool:
        """False for an answer that comes after a final one."""
        return state in _TRANSITIONS.get(self.state, ())

    def take_answer(self, state: DeliveryState, answer: str, *, at: datetime) -> None:
        """How a try ended. PENDING: nobody knows, or not now; it is tried again later, or has failed after the last.

        Raises ValueError after a final answer: ask `can_take_answer` first.
        """
        if not self.can_take_answer(state):
            raise ValueError(f"{self} is {self.state.value}, not to become {state.value}")
        self.last_answer = answer[:200] or None
        if state is DeliveryState.PENDING and self.tries < MAX_TRIES:
            self.next_try_at = at + DELAYS[max(self.tries, 1) - 1]
            return
        self.state = DeliveryState.FAILED if state is DeliveryState.PENDING else state
        self.next_try_at, self.finished_at = None, at

"""Staff hold goods back (预留) for a while; what is over is released by a sweep."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from loguru import logger

from backend.inventory.domain.error import HoldNotFound, HoldTimeInvalid
from backend.inventory.domain.movement import Booking, Move
from backend.inventory.service.reserving import Reserving
from kit.domain.identity import new_id
from kit.service.transaction import transactional

LONGEST = timedelta(days=90)
_BATCH = 200
_BY = "system:hold"


class Holding:
    """A hold is a promise with an end; orders' promises have none (ADR 0007)."""

    def __init__(self, reserving: Reserving) -> None:
        self.reserving = reserving

    @transactional
    def hold(self, moves: Sequence[Move], *, reason: str, expires_at: datetime, operator: str, now: datetime) -> str:
        """The hold's reference ("hold:…"). Raises `OutOfStock`, `HoldTimeInvalid`."""
        if not now < expires_at <= now + LONGEST:
            raise HoldTimeInvalid.naming("expires_at", days=LONGEST.days)
        reference = f"hold:{new_id()}"
        self.reserving.reserve(moves, Booking(reference, reason, operator, now), expires_at=expires_at)
        return reference

    @transactional
    def let_go(self, hold_id: int, *, operator: str, now: datetime) -> None:
        """Release it before its time. Raises `HoldNotFound`."""
        if not self.reserving.release(Booking(f"hold:{hold_id}", "hold released", operator, now)):
            raise HoldNotFound

    def release_expired(self, *, now: datetime) -> int:
        """Release what is over; returns how many references. Two sweeps at once: each is released by one of them."""
        released = 0
        for reference in self._due(now):
            try:
                released += self._release(reference, now)
            except Exception:
                # One that cannot be released must not keep the others.
                logger.exception("{} could not be released; tried again", reference)
        return released

    @transactional
    def _due(self, now: datetime) -> list[str]:
        return self.reserving.reservations.expired(now=now, limit=_BATCH)

    @transactional
    def _release(self, reference: str, now: datetime) -> bool:
        return self.reserving.release(Booking(reference, "hold expired", _BY, now))

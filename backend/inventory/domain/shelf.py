"""The batches of some stock rows while one movement works on them: first expired, first out; never what is expired."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from backend.inventory.domain.batch import UNDATED, end_of
from backend.inventory.domain.error import BatchDatesCrossed, BatchMismatch, BatchNeeded, BatchNotFound
from backend.inventory.domain.movement import BatchRef, Key, Leg

Taken = list[tuple["BatchState", int]]


@dataclass
class BatchState:
    """A batch as it is now; `id` is None for one that this movement brings."""

    key: Key
    batch_no: str
    produced_on: date | None
    expires_on: date | None
    on_hand: int
    expired: bool
    id: int | None = None
    corrected: int = 0

    @property
    def ref(self) -> BatchRef:
        """How documents name it."""
        return BatchRef(self.batch_no, self.produced_on, self.expires_on)

    @property
    def expires_at(self) -> datetime | None:
        """The moment it may not be sold any more."""
        return None if self.expires_on is None else end_of(self.expires_on)


@dataclass(frozen=True)
class BatchChange:
    """`delta` units of a batch, by a leg of a movement."""

    batch: BatchState
    delta: int
    on_hand_after: int
    leg: Leg


@dataclass
class Shelf:
    """What `take` and `put` did is in `changes`; who holds it has the lock of the stock rows."""

    batches: dict[Key, dict[str, BatchState]] = field(default_factory=dict)
    changes: list[BatchChange] = field(default_factory=list)
    # Empty batches that passed their date unnoticed, and are filled again.
    late: list[BatchState] = field(default_factory=list)

    @classmethod
    def of(cls, states: Iterable[BatchState]) -> Shelf:
        """Of loaded batches."""
        shelf = cls()
        for state in states:
            shelf.batches.setdefault(state.key, {})[state.batch_no] = state
        return shelf

    def expire(self, key: Key, *, now: datetime) -> list[BatchState]:
        """The batches of a row whose moment has come; they count as expired from here on."""
        due = [batch for batch in self._of(key) if not batch.expired and batch.expires_at and batch.expires_at <= now]
        for batch in due:
            batch.expired = True
        return due

    def next_expiry(self, key: Key) -> datetime | None:
        """When the next batch of a row expires."""
        moments = [batch.expires_at for batch in self._of(key) if batch.on_hand and not batch.expired]
        return min((moment for moment in moments if moment is not None), default=None)

    def named(self, key: Key, ref: BatchRef) -> BatchState:
        """Raises `BatchNotFound`."""
        batch = self.batches.get(key, {}).get(ref.batch_no)
        if batch is None:
            raise BatchNotFound(errors={str(key[0]): {"batch_no": ref.batch_no}})
        return batch

    def take(self, leg: Leg) -> Taken:
        """Take the leg's units of its named batch, or of the fresh ones, first expired first; fewer where there are."""
        key, quantity, named = leg.key, -leg.quantity, leg.batch
        fresh = sorted(
            (batch for batch in self._of(key) if not batch.expired),
            key=lambda batch: (batch.expires_on or date.min, batch.id or 0),
        )
        taken: Taken = []
        for batch in [self.named(key, named)] if named else fresh:
            units = min(quantity, batch.on_hand)
            if units:
                self._change(batch, -units, leg)
                taken.append((batch, units))
                quantity -= units
        return taken

    def put(self, leg: Leg, ref: BatchRef, quantity: int, *, now: datetime) -> BatchState:
        """Add units to a batch, known or new.

        Raises `BatchMismatch`, and for a new one `BatchNeeded` without a date, `BatchDatesCrossed`.
        """
        key = leg.key
        batch = self.batches.get(key, {}).get(ref.batch_no)
        if batch is None:
            _demand_dates(key, ref)
            batch = BatchState(key, ref.batch_no, ref.produced_on, ref.expires_on, on_hand=0, expired=False)
            self.batches.setdefault(key, {})[ref.batch_no] = batch
        elif _differs(ref.expires_on, batch.expires_on) or _differs(ref.produced_on, batch.produced_on):
            known = {"expires_on": str(batch.expires_on or ""), "produced_on": str(batch.produced_on or "")}
            raise BatchMismatch(errors={str(key[0]): {"batch_no": ref.batch_no, "known": known}})
        if not batch.expired and batch.expires_at is not None and batch.expires_at <= now:
            batch.expired = True
            self.late.append(batch)
        self._change(batch, quantity, leg)
        return batch

    def _change(self, batch: BatchState, delta: int, leg: Leg) -> None:
        batch.on_hand += delta
        self.changes.append(BatchChange(batch, delta, batch.on_hand, leg))

    def _of(self, key: Key) -> list[BatchState]:
        return list(self.batches.get(key, {}).values())


def _demand_dates(key: Key, ref: BatchRef) -> None:
    """Every new batch has a date but the one whose goods were there before: whatever is put there has none."""
    if ref.batch_no == UNDATED:
        if ref.expires_on or ref.produced_on:
            known = {"expires_on": "", "produced_on": ""}
            raise BatchMismatch(errors={str(key[0]): {"batch_no": ref.batch_no, "known": known}})
    elif ref.expires_on is None:
        raise BatchNeeded(errors={str(key[0]): BatchNeeded.naming("expires_on").errors})
    elif ref.produced_on is not None and ref.produced_on > ref.expires_on:
        raise BatchDatesCrossed(errors={str(key[0]): BatchDatesCrossed.naming("produced_on").errors})


def _differs(sent: date | None, known: date | None) -> bool:
    return sent is not None and sent != known

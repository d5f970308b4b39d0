"""A spreadsheet into the catalogue: check everything, then write it, or say what would change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO

from backend.catalog.service.importing.applying import Applying, ImportState, Keep
from backend.catalog.service.importing.checking import SheetCheck, Tell
from backend.catalog.service.importing.fault import SheetRefused
from backend.catalog.service.importing.outcome import ImportOutcome
from backend.catalog.service.importing.rehearsing import Change, Rehearsing
from backend.catalog.service.importing.spill import Spill

MOST_FAULTS = 1000
"""Listed; all are counted."""
_CHECK = 0.4


def ignore(_: object) -> None:
    """For whoever wants to hear nothing."""


class CatalogImport:
    """Adds and updates what a sheet lists; what it does not list stays as it is. A second run changes nothing.

    A product is known by its code, a SKU by its spec. The sheet's stock is received once, when a SKU is new.
    """

    def __init__(self, check: SheetCheck, applying: Applying, rehearsing: Rehearsing) -> None:
        self.check = check
        self.applying = applying
        self.rehearsing = rehearsing

    def run(
        self,
        file: BinaryIO,
        *,
        operator: str,
        now: datetime,
        state: ImportState | None = None,
        keep: Keep = ignore,
        tell: Tell = ignore,
    ) -> ImportState:
        """Import `file`, or go on with it from `state`. Raises `SheetRefused` before anything is changed."""
        with Spill() as spill:
            # What a run before this one has written is no reason to refuse the rest.
            total = self._checked(file, spill, lambda done: tell(done * _CHECK), again=state is not None, now=now)
            begun = state or ImportState(began=now.isoformat())
            return self.applying.apply(
                spill, total, begun, operator=operator, now=now, keep=keep, tell=lambda done: tell(_share(done))
            )

    def rehearse(
        self,
        file: BinaryIO,
        *,
        operator: str,
        now: datetime,
        note: Callable[[Change], None] = ignore,
        tell: Tell = ignore,
    ) -> ImportOutcome:
        """What `run` would do; nothing is changed. Raises `SheetRefused`."""
        with Spill() as spill:
            total = self._checked(file, spill, lambda done: tell(done * _CHECK), again=False, now=now)
            return self.rehearsing.rehearse(
                spill, total, operator=operator, now=now, note=note, tell=lambda done: tell(_share(done))
            )

    def _checked(self, file: BinaryIO, spill: Spill, tell: Tell, *, again: bool, now: datetime) -> int:
        total = self.check.read(file, spill, tell)
        if not again:
            self.check.compare(spill, total, tell, now=now)
        if spill.fault_count:
            raise SheetRefused(spill.faults(MOST_FAULTS), count=spill.fault_count)
        return total


def _share(done: float) -> float:
    return _CHECK + done * (1 - _CHECK)

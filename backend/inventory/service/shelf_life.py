"""Goods pass their date: from that moment nobody is promised them, whether the sweep has come by or not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from backend.inventory.domain.movement import Key, StockLevel
from backend.inventory.domain.shelf import Shelf
from backend.inventory.repository.batch import BatchRepository
from backend.inventory.repository.goods import GoodsRepository
from backend.inventory.service.announcing import announce
from kit.service.batches import until_done

_BATCH = 200


class ShelfLife:
    """Books expired batches: by a sweep, and by every movement that meets a row whose moment has come."""

    def __init__(self, stock: GoodsRepository, batches: BatchRepository) -> None:
        self.stock = stock
        self.batches = batches

    def settle(self, rows: dict[Key, StockLevel], shelf: Shelf, *, now: datetime) -> None:
        """Bring the locked `rows` up to `now`, in place; the caller writes and announces them."""
        due = [key for key, row in rows.items() if row.expires(by=now)]
        expired = []
        for key in due:
            batches = shelf.expire(key, now=now)
            expired += batches
            units = sum(batch.on_hand for batch in batches)
            rows[key] = replace(rows[key], expired=rows[key].expired + units, next_expiry_at=shelf.next_expiry(key))
        self.batches.expire(expired)

    def sweep(self, *, now: datetime) -> int:
        """Book everything whose moment has come; returns how many stock rows. Two sweeps share the work."""
        return until_done(lambda: self._step(now), size=_BATCH)

    def _step(self, now: datetime) -> int:
        before = self.stock.claim_expiring(now=now, limit=_BATCH)
        self.bring_up_to(before, now=now)
        return len(before)

    def bring_up_to(self, before: dict[Key, StockLevel], *, now: datetime) -> dict[Key, StockLevel]:
        """Write and announce what has expired of these locked rows; returns them as they are then."""
        after = dict(before)
        self.settle(after, self.batches.shelf([key for key, row in before.items() if row.tracked]), now=now)
        self.stock.write(before, after, at=now)
        announce(((before[key], after[key]) for key in after), at=now)
        return after

    def expired_unbooked(self, keys: Collection[Key], *, now: datetime) -> dict[Key, int]:
        """Units of rows whose moment has come and that nobody has booked yet; takes no lock."""
        shelf = self.batches.shelf(keys)
        return {key: sum(batch.on_hand for batch in shelf.expire(key, now=now)) for key in keys}

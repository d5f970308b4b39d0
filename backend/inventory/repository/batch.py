"""Batches of stock rows that are locked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, case, insert, or_, select, update

from backend.inventory.domain.batch import Batch, BatchEntry
from backend.inventory.domain.document import Document
from backend.inventory.domain.ledger import CORRECTING, MovementKind
from backend.inventory.domain.movement import BatchRef, Booking, Key
from backend.inventory.domain.shelf import BatchChange, BatchState, Shelf
from backend.inventory.domain.stock import Stock
from kit.db.changed import changed
from kit.domain.identity import new_id
from kit.repository.base import Repository

_COLUMNS = (
    Batch.id,
    Batch.sku_id,
    Batch.location_id,
    Batch.batch_no,
    Batch.produced_on,
    Batch.expires_on,
    Batch.on_hand,
    Batch.expired,
    Batch.corrected,
)


def _state(row: Any) -> BatchState:
    return BatchState(
        (row.sku_id, row.location_id),
        row.batch_no,
        row.produced_on,
        row.expires_on,
        row.on_hand,
        row.expired,
        row.id,
        row.corrected,
    )


class BatchRepository(Repository[Batch]):
    """Call with the lock of the stock rows: it is the lock of their batches."""

    entity = Batch

    def shelf(self, keys: Collection[Key], names: Collection[str] = ()) -> Shelf:
        """What is left of the batches of these rows, and the named ones even when they are empty; one statement."""
        if not keys:
            return Shelf()
        places: dict[int, list[int]] = {}
        for sku_id, location_id in keys:
            places.setdefault(location_id, []).append(sku_id)
        wanted = Batch.on_hand > 0
        query = select(*_COLUMNS).where(
            or_(*(and_(Batch.sku_id.in_(skus), Batch.location_id == place) for place, skus in places.items())),
            or_(wanted, Batch.batch_no.in_(names)) if names else wanted,
        )
        return Shelf.of(_state(row) for row in self.session.execute(query))

    def write(self, shelf: Shelf, booking: Booking) -> None:
        """Write what `take` and `put` did: at most one INSERT, one UPDATE, one INSERT of entries."""
        if not shelf.changes:
            return
        corrected: dict[int, int] = {}
        for change in shelf.changes:
            if change.leg.kind in CORRECTING:
                corrected[id(change.batch)] = corrected.get(id(change.batch), 0) + change.delta
        touched = list({id(change.batch): change.batch for change in shelf.changes}.values())
        known = {batch.id: batch for batch in touched if batch.id is not None}
        self._insert([batch for batch in touched if batch.id is None], corrected, booking.at)
        if known:
            values: dict[str, Any] = {"on_hand": case({n: one.on_hand for n, one in known.items()}, value=Batch.id)}
            if corrected:
                sums = {number: one.corrected + corrected.get(id(one), 0) for number, one in known.items()}
                values["corrected"] = case(sums, value=Batch.id)
            changed(self.session, update(Batch).where(Batch.id.in_(known)).values(values))
        self.expire(batch for batch in shelf.late if batch.id in known)
        self._append(shelf.changes, booking)

    def _insert(self, fresh: Sequence[BatchState], corrected: dict[int, int], at: datetime) -> None:
        for batch in fresh:
            batch.id = new_id()
        rows = [
            {
                "id": batch.id,
                "sku_id": batch.key[0],
                "location_id": batch.key[1],
                "batch_no": batch.batch_no,
                "produced_on": batch.produced_on,
                "expires_on": batch.expires_on,
                "on_hand": batch.on_hand,
                "expired": batch.expired,
                "corrected": corrected.get(id(batch), 0),
                "created_at": at,
            }
            for batch in fresh
        ]
        if rows:
            self.session.execute(insert(Batch), rows)

    def _append(self, changes: Sequence[BatchChange], booking: Booking) -> None:
        rows = [
            {
                "id": new_id(),
                "batch_id": change.batch.id,
                "sku_id": change.batch.key[0],
                "location_id": change.batch.key[1],
                "kind": change.leg.kind,
                "delta": change.delta,
                "on_hand_after": change.on_hand_after,
                "reference": booking.reference,
                "line": change.leg.line,
                "created_at": booking.at,
            }
            for change in changes
        ]
        self.session.execute(insert(BatchEntry), rows)

    def out_with(self, reference: str) -> dict[int, list[tuple[BatchRef, int]]]:
        """SKU → the batches its units left in with `reference` and have not come back to; the earliest date first."""
        back = select(Document.reference).where(Document.source == reference)
        entries = (
            select(BatchEntry.sku_id, Batch.batch_no, Batch.produced_on, Batch.expires_on, BatchEntry.delta)
            .join(Batch, Batch.id == BatchEntry.batch_id)
            .where(
                or_(
                    and_(BatchEntry.reference == reference, BatchEntry.kind == MovementKind.DEDUCT),
                    and_(BatchEntry.reference.in_(back), BatchEntry.kind == MovementKind.RETURN),
                )
            )
        )
        out: dict[int, dict[BatchRef, int]] = {}
        for row in self.session.execute(entries):
            refs = out.setdefault(row.sku_id, {})
            ref = BatchRef(row.batch_no, row.produced_on, row.expires_on)
            refs[ref] = refs.get(ref, 0) - row.delta
        return {
            sku_id: sorted(
                ((ref, units) for ref, units in refs.items() if units > 0),
                key=lambda one: one[0].expires_on or date.min,
            )
            for sku_id, refs in out.items()
        }

    def figures(self, batch_ids: Collection[int]) -> dict[int, tuple[int, int]]:
        """Batch → on hand and the sum of its corrections."""
        if not batch_ids:
            return {}
        query = select(Batch.id, Batch.on_hand, Batch.corrected).where(Batch.id.in_(batch_ids))
        return {row.id: (row.on_hand, row.corrected) for row in self.session.execute(query)}

    def expired_at(self, location_id: int, *, limit: int) -> list[Row[Any]]:
        """Expired batches with something left, the oldest first; `spare`: units of the SKU there without a promise."""
        query = (
            select(Batch.sku_id, Batch.batch_no, Batch.on_hand, (Stock.on_hand - Stock.reserved).label("spare"))
            .join(Stock, and_(Stock.sku_id == Batch.sku_id, Stock.location_id == Batch.location_id))
            .where(Batch.location_id == location_id, Batch.expired, Batch.on_hand > 0)
            .order_by(Batch.expires_on, Batch.id)
        )
        return list(self.session.execute(query.limit(limit)))

    def expire(self, batches: Iterable[BatchState]) -> None:
        """They count as expired from now on."""
        ids = [batch.id for batch in batches]
        if ids:
            changed(self.session, update(Batch).where(Batch.id.in_(ids)).values(expired=True))

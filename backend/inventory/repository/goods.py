"""Writes what a movement of goods did to rows it holds the locks of: one UPDATE, one ledger INSERT."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from backend.inventory.domain.location import Location
from backend.inventory.domain.movement import BookedLeg, Booking, Key, StockLevel
from backend.inventory.domain.stock import Stock, StockItem
from backend.inventory.repository.stock import LEVEL, StockRepository, by_key, in_order, rows_with
from kit.db.changed import changed
from kit.db.error import RunAgain, duplicate_is

_WRITTEN = (
    "on_hand",
    "reserved",
    "expired",
    "value_fen",
    "corrected",
    "corrections",
    "next_expiry_at",
    "idle_since",
    "low",
    "over",
)


class GoodsRepository(StockRepository):
    """The rows of goods that come, go and are corrected."""

    def open_rows(self, keys: Collection[Key], *, at: datetime) -> list[Key]:
        """Give known SKUs an empty row at a location; returns those of unknown SKUs. Two at once: one runs again."""
        items = self.session.execute(
            select(StockItem.sku_id, StockItem.tracked)
            .where(StockItem.sku_id.in_({key[0] for key in keys}))
            .with_for_update(read=True)
        )
        tracked: dict[int, bool] = {row.sku_id: row.tracked for row in items}
        sellable: dict[int, bool] = {
            row.id: row.sellable
            for row in self.session.execute(
                select(Location.id, Location.sellable).where(Location.id.in_({key[1] for key in keys}))
            )
        }
        rows = [
            {
                "sku_id": sku_id,
                "location_id": location_id,
                "on_hand": 0,
                "reserved": 0,
                "sellable": sellable[location_id],
                "tracked": tracked[sku_id],
                "idle_since": at,
                "updated_at": at,
            }
            for sku_id, location_id in keys
            if sku_id in tracked
        ]
        if rows:
            with duplicate_is(RunAgain()):
                self.session.execute(insert(Stock), rows)
        return [key for key in keys if key[0] not in tracked]

    def claim_expiring(self, *, now: datetime, limit: int) -> dict[Key, StockLevel]:
        """Rows with a batch whose date has passed, locked; two sweeps skip each other's."""
        query = select(*LEVEL).where(Stock.next_expiry_at <= now).order_by(Stock.next_expiry_at).limit(limit)
        return self._read(query.with_for_update(skip_locked=True))

    def write(self, before: Mapping[Key, StockLevel], after: Mapping[Key, StockLevel], *, at: datetime) -> None:
        """Make the locked rows what they are in `after`: one UPDATE, only the columns that differ anywhere."""
        moved = {key: row for key, row in after.items() if row != before[key]}
        if not moved:
            return
        values: dict[str, Any] = {"updated_at": at}
        for name in _WRITTEN:
            if any(getattr(row, name) != getattr(before[key], name) for key, row in moved.items()):
                column = getattr(Stock, name)
                values[name] = by_key({key: getattr(row, name) for key, row in moved.items()}, column)
        changed(self.session, in_order(update(Stock)).where(rows_with(moved)).values(values))

    def write_goods(self, booked: Sequence[BookedLeg], booking: Booking) -> None:
        """One ledger row per leg. Raises `MovementRepeated`."""
        self.write_entries(
            {
                "sku_id": one.leg.sku_id,
                "location_id": one.leg.location_id,
                "kind": one.leg.kind,
                "on_hand_before": one.before.on_hand,
                "on_hand_delta": one.after.on_hand - one.before.on_hand,
                "on_hand_after": one.after.on_hand,
                "reserved_before": one.before.reserved,
                "reserved_delta": one.after.reserved - one.before.reserved,
                "reserved_after": one.after.reserved,
                "value_delta_fen": one.value_fen,
                "line": one.leg.line,
                "reference": booking.reference,
                "reason": booking.reason,
                "operator": booking.operator,
                "created_at": booking.at,
            }
            for one in booked
        )

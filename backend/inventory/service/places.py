"""Staff arrange where goods stand: locations, shelves, thresholds, and which SKUs have batches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select, update

from backend.inventory.domain.batch import UNDATED
from backend.inventory.domain.error import StaleLocation, ThresholdsCrossed, TrackingInUse, UnknownSku
from backend.inventory.domain.ledger import MovementKind
from backend.inventory.domain.location import Location
from backend.inventory.domain.movement import BatchRef, Booking, Key, Leg, StockLevel
from backend.inventory.domain.stock import Stock, StockItem
from backend.inventory.repository.batch import BatchRepository
from backend.inventory.repository.goods import GoodsRepository
from backend.inventory.repository.location import LocationRepository
from backend.inventory.service.announcing import announce
from kit.db.changed import changed
from kit.service.transaction import transactional


@dataclass(frozen=True)
class LocationFacts:
    """What staff say about a location."""

    name: str
    sellable: bool
    priority: int


@dataclass(frozen=True)
class Thresholds:
    """Units; None: no limit. `shelf`: where in the location."""

    minimum: int | None
    maximum: int | None
    shelf: str


class Places:
    """Small decisions of staff, each one transaction."""

    def __init__(self, stock: GoodsRepository, batches: BatchRepository, locations: LocationRepository) -> None:
        self.stock = stock
        self.batches = batches
        self.locations = locations

    @transactional
    def add_location(self, code: str, facts: LocationFacts) -> Location:
        """Raises `LocationCodeTaken`."""
        return self.locations.add_new(
            Location(code=code, name=facts.name, sellable=facts.sellable, priority=facts.priority, archived_at=None)
        )

    @transactional
    def change_location(self, location_id: int, facts: LocationFacts, *, version: int, now: datetime) -> Location:
        """Raises `LocationNotFound`, `StaleLocation`, `LocationArchived`, `BuiltInLocation`, `LocationNotEmpty`."""
        location = self.locations.of_id(location_id)
        if location.version != version:
            both = {"sent": version, "current": location.version}
            raise StaleLocation(**both, errors={"version": both})
        moves_goods = location.sellable is not facts.sellable
        location.change(name=facts.name, sellable=facts.sellable, priority=facts.priority)
        if moves_goods:
            self.locations.demand_empty(location_id)
            self.locations.copy_sellable(location, at=now)
        self.locations.flush()
        return location

    @transactional
    def archive_location(self, location_id: int, *, now: datetime) -> None:
        """Raises `LocationNotFound`, `BuiltInLocation`, `LocationNotEmpty`."""
        location = self.locations.of_id(location_id)
        location.archive(at=now)
        self.locations.demand_empty(location_id)

    @transactional
    def set_thresholds(self, sku_id: int, location_id: int, thresholds: Thresholds, *, now: datetime) -> None:
        """Raises `ThresholdsCrossed`, `UnknownSku`, `LocationNotFound`, `LocationArchived`."""
        low, high = thresholds.minimum, thresholds.maximum
        if low is not None and high is not None and low > high:
            raise ThresholdsCrossed.naming("minimum")
        self.locations.hold({location_id})
        before = self._row((sku_id, location_id), now)
        after = replace(before, minimum=low, maximum=high)
        row = update(Stock).where(Stock.sku_id == sku_id, Stock.location_id == location_id)
        changed(
            self.stock.session,
            row.values(
                minimum=low,
                maximum=high,
                shelf=thresholds.shelf,
                low=after.low,
                over=after.over,
                updated_at=now,
            ),
        )
        announce([(before, after)], at=now)

    @transactional
    def track_batches(self, sku_id: int, tracked: bool, *, operator: str, now: datetime) -> None:
        """Begin or end to keep batches. What is there becomes one batch without dates; expired goods forbid the end.

        Raises `UnknownSku`, `TrackingInUse`.
        """
        query = select(StockItem).where(StockItem.sku_id == sku_id).with_for_update()
        item = self.stock.session.scalars(query.execution_options(populate_existing=True)).first()
        if item is None:
            raise UnknownSku.naming(str(sku_id))
        if item.tracked is tracked:
            return
        item.tracked = tracked
        self.stock.flush()
        rows = self.stock.lock([row.key for row in self.stock.everywhere([sku_id])])
        if not tracked and any(row.expired or row.expires(by=now) for row in rows.values()):
            raise TrackingInUse
        self._move_batches(rows, tracked, Booking(f"tracking:{sku_id}", "batches", operator, now))
        every = update(Stock).where(Stock.sku_id == sku_id)
        changed(self.stock.session, every.values(tracked=tracked, next_expiry_at=None, updated_at=now))

    def _move_batches(self, rows: dict[Key, StockLevel], tracked: bool, booking: Booking) -> None:
        shelf = self.batches.shelf(list(rows), [UNDATED])
        for key, row in rows.items():
            if tracked and row.on_hand:
                leg = Leg(MovementKind.RECEIVE, *key, row.on_hand)
                shelf.put(leg, BatchRef(UNDATED), row.on_hand, now=booking.at)
            elif row.on_hand:
                shelf.take(Leg(MovementKind.ISSUE, *key, -row.on_hand))
        self.batches.write(shelf, booking)

    def _row(self, key: Key, now: datetime) -> StockLevel:
        rows = self.stock.lock([key])
        if not rows:
            if self.stock.open_rows([key], at=now):
                raise UnknownSku.naming(str(key[0]))
            rows = self.stock.lock([key])
        return rows[key]

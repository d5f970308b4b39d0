"""Locations, and whether anything stands there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError

from backend.inventory.domain.error import LocationArchived, LocationCodeTaken, LocationNotEmpty, LocationNotFound
from backend.inventory.domain.location import Location
from backend.inventory.domain.stock import Stock
from kit.db.changed import changed
from kit.db.error import is_duplicate
from kit.repository.base import Repository


class LocationRepository(Repository[Location]):
    """All locations; there are few."""

    entity = Location

    def priorities(self) -> dict[int, int]:
        """Location → priority, lowest first."""
        return {row.id: row.priority for row in self.session.execute(select(Location.id, Location.priority))}

    def hold(self, location_ids: Collection[int]) -> dict[int, Location]:
        """These locations, kept from being archived until the commit. Raises `LocationNotFound`, `LocationArchived`."""
        query = select(Location).where(Location.id.in_(location_ids)).order_by(Location.id).with_for_update(read=True)
        found = {location.id: location for location in self.all(query)}
        for location_id in location_ids:
            if location_id not in found:
                raise LocationNotFound(errors={"location_id": [str(location_id)]})
            if found[location_id].archived_at is not None:
                raise LocationArchived(location=found[location_id].code)
        return found

    def of_id(self, location_id: int) -> Location:
        """The location, nobody moving goods to it until the commit. Raises `LocationNotFound`."""
        query = select(Location).where(Location.id == location_id).with_for_update()
        location = self.first(query.execution_options(populate_existing=True))
        if location is None:
            raise LocationNotFound(errors={"location_id": [str(location_id)]})
        return location

    def add_new(self, location: Location) -> Location:
        """Raises `LocationCodeTaken`."""
        self.add(location)
        try:
            self.flush()
        except IntegrityError as error:
            if is_duplicate(error):
                raise LocationCodeTaken(errors={"code": [location.code]}) from None
            raise
        return location

    def demand_empty(self, location_id: int) -> None:
        """Raises `LocationNotEmpty`."""
        there = select(Stock.sku_id).where(Stock.location_id == location_id, or_(Stock.on_hand > 0, Stock.reserved > 0))
        if self.session.scalars(there.limit(1)).first() is not None:
            raise LocationNotEmpty

    def copy_sellable(self, location: Location, *, at: datetime) -> None:
        """The rows of an empty location learn what it has become."""
        rows = update(Stock).where(Stock.location_id == location.id)
        changed(self.session, rows.values(sellable=location.sellable, updated_at=at))

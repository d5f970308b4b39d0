"""Staff routes of locations and holds."""

from __future__ import annotations

from typing import Any

from backend.inventory.domain.error import (
    BuiltInLocation,
    HoldNotFound,
    HoldTimeInvalid,
    LocationArchived,
    LocationCodeTaken,
    LocationNotEmpty,
    LocationNotFound,
    OutOfStock,
)
from backend.inventory.permission import InventoryPermission
from backend.inventory.schema.place import (
    ChangedLocationSchema,
    HoldReferenceSchema,
    HoldSchema,
    LocationSchema,
    LocationsSchema,
    NewLocationSchema,
)
from backend.inventory.wiring import services
from kit.api.blueprint import StaffBlueprint
from kit.api.idempotency import idempotent
from kit.api.raises import raises
from kit.domain.clock import utc_now
from kit.domain.version import StaleVersion
from kit.schema.edit import VersionArguments
from kit.security.guard import requires
from kit.security.subject import current_subject

locations = StaffBlueprint("stock_locations", __name__, description="库位 Where goods stand", tag="库位 Locations")
holds = StaffBlueprint("stock_holds", __name__, description="预留 Goods kept back for a while", tag="预留 Holds")

_LOCATION = "/stock/locations/<id:location_id>"


@locations.route("/stock/locations", methods=["GET"])
@requires(InventoryPermission.READ)
@locations.response(200, LocationsSchema)
def list_locations() -> Any:
    """All locations (库位), as orders ask them; archived ones last."""
    return {"items": services().papers.locations()}


@locations.route("/stock/locations", methods=["POST"])
@requires(InventoryPermission.ARRANGE)
@raises(LocationCodeTaken)
@idempotent
@locations.arguments(NewLocationSchema)
@locations.response(201, LocationSchema)
def add_location(location: dict[str, Any]) -> Any:
    """Create a location (新建库位)."""
    return services().places.add_location(**location)


@locations.route(_LOCATION, methods=["PUT"])
@requires(InventoryPermission.ARRANGE)
@raises(LocationNotFound, StaleVersion, LocationArchived, BuiltInLocation, LocationNotEmpty)
@locations.arguments(ChangedLocationSchema)
@locations.response(200, LocationSchema)
def change_location(location: dict[str, Any], location_id: int) -> Any:
    """Name, priority and whether orders may take from it; the latter only while nothing is there."""
    return services().places.change_location(location_id, **location, now=utc_now())


@locations.route(_LOCATION, methods=["DELETE"])
@requires(InventoryPermission.ARRANGE)
@raises(LocationNotFound, StaleVersion, BuiltInLocation, LocationNotEmpty)
@locations.arguments(VersionArguments, location="query")
@locations.response(204)
def archive_location(seen: dict[str, int], location_id: int) -> None:
    """Archive an empty location. It keeps its code and its history."""
    services().places.archive_location(location_id, **seen, now=utc_now())


@holds.route("/stock/holds", methods=["POST"])
@requires(InventoryPermission.HOLD)
@raises(OutOfStock, HoldTimeInvalid)
@idempotent
@holds.arguments(HoldSchema)
@holds.response(201, HoldReferenceSchema)
def hold_stock(hold: dict[str, Any]) -> Any:
    """Keep goods back until a moment at most 90 days away; then they can be sold again by themselves."""
    operator = current_subject().actor
    reference = services().holding.hold(
        hold["lines"], reason=hold["reason"], expires_at=hold["expires_at"], operator=operator, now=utc_now()
    )
    return {"reference": reference, "id": int(reference.removeprefix("hold:"))}


@holds.route("/stock/holds/<id:hold_id>", methods=["DELETE"])
@requires(InventoryPermission.HOLD)
@raises(HoldNotFound)
@holds.response(204)
def release_hold(hold_id: int) -> None:
    """Release a hold before its time."""
    services().holding.let_go(hold_id, operator=current_subject().actor, now=utc_now())

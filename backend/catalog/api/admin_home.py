"""Staff routes of the home page."""

from __future__ import annotations

from typing import Any

from backend.catalog.domain.error import (
    CategoryNotFound,
    ProductArchived,
    ProductNotFound,
    SlotMalformed,
    SlotNotFound,
    TooManySlots,
)
from backend.catalog.domain.home import SlotFacts
from backend.catalog.permission import CatalogPermission
from backend.catalog.schema.home import (
    EditedSlotSchema,
    NewSlotSchema,
    SectionVersionSchema,
    SlotArguments,
    SlotOrderSchema,
    SlotSchema,
    SlotsSchema,
)
from backend.catalog.wiring import services
from backend.media.facade import UnknownMedia
from kit.api.blueprint import StaffBlueprint
from kit.api.idempotency import idempotent
from kit.api.raises import raises
from kit.domain.clock import utc_now
from kit.domain.version import StaleVersion
from kit.schema.edit import VersionArguments
from kit.security.guard import requires

admin_home = StaffBlueprint("catalog_home", __name__, description="首页 The home page", tag="首页装修 Home page")


@admin_home.route("/home/slots", methods=["GET"])
@requires(CatalogPermission.READ)
@admin_home.arguments(SlotArguments, location="query")
@admin_home.response(200, SlotsSchema)
def list_home_slots(filters: dict[str, Any]) -> Any:
    """The places of a section in order of display, also those whose time has not come or is over.

    `version` is that of the section as a whole: every change of any of its places counts.
    """
    return services().query.slots(**filters)


@admin_home.route("/home/slots", methods=["POST"])
@requires(CatalogPermission.ARRANGE)
@raises(SlotMalformed, TooManySlots, ProductNotFound, ProductArchived, CategoryNotFound, UnknownMedia)
@idempotent
@admin_home.arguments(NewSlotSchema)
@admin_home.response(201, SlotSchema)
def add_home_slot(body: dict[str, SlotFacts]) -> Any:
    """A new place, at most 50 in a section. A product or category that goes off sale or hides is skipped."""
    return services().query.slot(services().arranging.add(**body, now=utc_now()))


@admin_home.route("/home/slots/<id:slot_id>", methods=["PUT"])
@requires(CatalogPermission.ARRANGE)
@raises(
    SlotNotFound,
    StaleVersion,
    SlotMalformed,
    TooManySlots,
    ProductNotFound,
    ProductArchived,
    CategoryNotFound,
    UnknownMedia,
)
@admin_home.arguments(EditedSlotSchema)
@admin_home.response(200, SlotSchema)
def change_home_slot(body: dict[str, Any], slot_id: int) -> Any:
    """The whole place as it is to be."""
    services().arranging.change(slot_id, **body, now=utc_now())
    return services().query.slot(slot_id)


@admin_home.route("/home/slots/<id:slot_id>", methods=["DELETE"])
@requires(CatalogPermission.ARRANGE)
@raises(SlotNotFound, StaleVersion)
@admin_home.arguments(VersionArguments, location="query")
@admin_home.response(204)
def delete_home_slot(seen: dict[str, int], slot_id: int) -> None:
    """Take a place off the home page. A section without any shows what it shows by itself."""
    services().arranging.remove(slot_id, **seen)


@admin_home.route("/home/order", methods=["PUT"])
@requires(CatalogPermission.ARRANGE)
@raises(StaleVersion, SlotMalformed)
@admin_home.arguments(SlotOrderSchema)
@admin_home.response(200, SectionVersionSchema)
def order_home_slots(body: dict[str, Any]) -> Any:
    """Put the places of a section in order, all of them, over the version of the section that the list answered."""
    services().arranging.order(**body)
    return services().query.section(body["section"])

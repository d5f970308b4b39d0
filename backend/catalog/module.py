"""Manifest of catalog."""

from backend.catalog.api.admin import admin
from backend.catalog.api.keepsake import keepsakes
from backend.catalog.api.shop import shop
from backend.catalog.cli import catalog
from backend.catalog.permission import CatalogPermission
from backend.catalog.wiring import services, wire
from backend.inventory.events import AvailabilityChanged
from kit.context.module import Module
from kit.event.bus import Subscription


def track_availability(event: AvailabilityChanged) -> None:
    """SKUs sold out, or came back."""
    services().availability.refresh(event.sku_ids)


module = Module(
    name="catalog",
    wire=wire,
    blueprints=(shop, keepsakes, admin),
    commands=(catalog,),
    subscriptions=(Subscription("catalog.track_availability", AvailabilityChanged, track_availability),),
    permissions=(CatalogPermission,),
)

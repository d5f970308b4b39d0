"""Manifest of catalog."""

from backend.catalog.api.admin import admin
from backend.catalog.api.admin_bulk import admin_bulk
from backend.catalog.api.admin_home import admin_home
from backend.catalog.api.admin_lifecycle import admin_lifecycle
from backend.catalog.api.admin_naming import admin_naming
from backend.catalog.api.jobs import jobs
from backend.catalog.api.keepsake import keepsakes
from backend.catalog.api.search import search
from backend.catalog.api.search_admin import search_admin
from backend.catalog.api.shop import shop
from backend.catalog.cli import catalog
from backend.catalog.events import CategoryChanged, ProductsChanged
from backend.catalog.permission import CatalogPermission
from backend.catalog.wiring import services, wire
from backend.inventory.events import AvailabilityChanged
from kit.context.module import Module
from kit.event.bus import Subscription


def track_availability(event: AvailabilityChanged) -> None:
    """SKUs sold out, or came back."""
    services().availability.refresh(event.sku_ids)


def index_products(event: ProductsChanged) -> None:
    """Search finds them by what they are now."""
    services().indexing.products(event.product_ids)


def index_category(event: CategoryChanged) -> None:
    """Search finds what stands in it by its new name."""
    services().indexing.category(event.category_id)


module = Module(
    name="catalog",
    wire=wire,
    blueprints=(
        shop,
        search,
        keepsakes,
        admin,
        admin_naming,
        admin_lifecycle,
        admin_bulk,
        admin_home,
        jobs,
        search_admin,
    ),
    commands=(catalog,),
    subscriptions=(
        Subscription("catalog.track_availability", AvailabilityChanged, track_availability),
        Subscription("catalog.index_products", ProductsChanged, index_products),
        Subscription("catalog.index_category", CategoryChanged, index_category),
    ),
    permissions=(CatalogPermission,),
)

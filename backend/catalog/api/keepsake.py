"""What a customer keeps in mind: favourites and recently viewed products."""

from __future__ import annotations

from typing import Any

from backend.catalog.domain.error import FavouritesFull, ProductNotOnSale
from backend.catalog.schema.keepsake import (
    FavouriteIdsSchema,
    FavouriteSchema,
    ProductIdsArguments,
    ViewedProductSchema,
)
from backend.catalog.wiring import services
from kit.api.blueprint import MemberBlueprint
from kit.api.raises import raises
from kit.domain.clock import utc_now
from kit.schema.page import PageArguments, page_of
from kit.security.guard import buyer
from kit.security.subject import current_buyer

keepsakes = MemberBlueprint(
    "catalog_keepsakes", __name__, description="收藏与足迹 Favourites and recently viewed", tag="收藏 Favourites"
)


@keepsakes.route("/favourites", methods=["GET"])
@buyer
@keepsakes.arguments(PageArguments, location="query")
@keepsakes.response(200, page_of(FavouriteSchema))
def list_favourites(filters: dict[str, Any]) -> Any:
    """Your favourites, the last added first, with the price of today and of then."""
    return services().favourites.page(filters["page"], customer_id=current_buyer())


@keepsakes.route("/favourites/marks", methods=["GET"])
@buyer
@keepsakes.arguments(ProductIdsArguments, location="query")
@keepsakes.response(200, FavouriteIdsSchema)
def check_favourites(asked: dict[str, Any]) -> Any:
    """Which of these products are your favourites: for the hearts in a list."""
    return {"product_ids": services().favourites.among(asked["product_id"], customer_id=current_buyer())}


@keepsakes.route("/favourites/<id:product_id>", methods=["PUT"])
@buyer
@raises(ProductNotOnSale, FavouritesFull)
@keepsakes.response(204)
def add_favourite(product_id: int) -> None:
    """Keep a product that is on sale. Again is fine: it stays as it was."""
    services().favourites.add(customer_id=current_buyer(), product_id=product_id, now=utc_now())


@keepsakes.route("/favourites/<id:product_id>", methods=["DELETE"])
@buyer
@keepsakes.response(204)
def remove_favourite(product_id: int) -> None:
    """Keep it no longer; what is not there is fine."""
    services().favourites.remove(customer_id=current_buyer(), product_ids=[product_id])


@keepsakes.route("/viewed-products", methods=["GET"])
@buyer
@keepsakes.arguments(PageArguments, location="query")
@keepsakes.response(200, page_of(ViewedProductSchema))
def list_viewed_products(filters: dict[str, Any]) -> Any:
    """What you looked at, the last first; at most the last hundred products."""
    return services().viewed.page(filters["page"], customer_id=current_buyer())


@keepsakes.route("/viewed-products/<id:product_id>", methods=["PUT"])
@buyer
@raises(ProductNotOnSale)
@keepsakes.response(204)
def note_viewed_product(product_id: int) -> None:
    """Tell that a product was looked at: the detail itself is cached for everybody and notes nothing."""
    services().viewed.note(customer_id=current_buyer(), product_id=product_id, now=utc_now())


@keepsakes.route("/viewed-products", methods=["DELETE"])
@buyer
@keepsakes.response(204)
def clear_viewed_products() -> None:
    """Forget all of them."""
    services().viewed.clear(customer_id=current_buyer())

"""What customers see before they log in."""

from __future__ import annotations

from typing import Any

from flask import Response

from backend.catalog.domain.error import (
    BrandNotFound,
    CategoryNotFound,
    PriceRangeReversed,
    ProductNotOnSale,
    TagNotFound,
)
from backend.catalog.schema.shop import (
    BrandListSchema,
    CategoryTreeSchema,
    HomeSchema,
    ProductArguments,
    ProductCardSchema,
    ProductDetailSchema,
    TagListSchema,
)
from backend.catalog.wiring import services
from kit.api.blueprint import MemberBlueprint
from kit.api.raises import raises, revalidated
from kit.domain.clock import utc_now
from kit.schema.page import page_of
from kit.security.guard import public

shop = MemberBlueprint("catalog", __name__, description="商品 What the shop sells", tag="商品 Catalogue")


@shop.route("/home", methods=["GET"])
@public("anybody may look into the shop window")
@revalidated
@shop.response(200, HomeSchema)
def show_home() -> Response:
    """The first screen as the shop has arranged it. Send the ETag back as If-None-Match: 304 when nothing changed.

    Where nothing is arranged: root categories, the newest, the best sold, and what staff weigh most.
    """
    return services().storefront.home(now=utc_now()).answer()


@shop.route("/categories", methods=["GET"])
@public("anybody may look into the shop window")
@revalidated
@shop.response(200, CategoryTreeSchema)
def list_categories() -> Response:
    """The category tree. Send the ETag back as If-None-Match: 304 when nothing changed."""
    return services().storefront.categories().answer()


@shop.route("/brands", methods=["GET"])
@public("anybody may look into the shop window")
@revalidated
@shop.response(200, BrandListSchema)
def list_brands() -> Response:
    """Brands with something on sale, for the filter of the list. Send the ETag back as If-None-Match."""
    return services().storefront.brands().answer()


@shop.route("/tags", methods=["GET"])
@public("anybody may look into the shop window")
@revalidated
@shop.response(200, TagListSchema)
def list_tags() -> Response:
    """Tags with something on sale, for the filter of the list. Send the ETag back as If-None-Match."""
    return services().storefront.tags().answer()


@shop.route("/products", methods=["GET"])
@public("anybody may look into the shop window")
@revalidated
@raises(CategoryNotFound, BrandNotFound, TagNotFound, PriceRangeReversed)
@shop.arguments(ProductArguments, location="query")
@shop.response(200, page_of(ProductCardSchema))
def list_products(filters: dict[str, Any]) -> Response:
    """Products on sale, filtered and ordered. Send the ETag back as If-None-Match: 304 when nothing changed."""
    return services().storefront.products(**filters).answer()


@shop.route("/products/<id:product_id>", methods=["GET"])
@public("anybody may look into the shop window")
@revalidated
@raises(ProductNotOnSale)
@shop.response(200, ProductDetailSchema)
def show_product(product_id: int) -> Response:
    """A product with its SKUs; 404 when it is not on sale. Send the ETag back as If-None-Match."""
    return services().storefront.product(product_id).answer()

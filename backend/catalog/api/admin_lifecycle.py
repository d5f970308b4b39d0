"""Staff routes of what happens to a product beside edits."""

from __future__ import annotations

from typing import Any

from backend.approval.facade import NobodyCanDecide
from backend.catalog.domain.error import (
    BrandNotFound,
    CategoryNotFound,
    NotAllowedNow,
    PriceMissing,
    ProductCodeTaken,
    ProductNotFound,
    ScheduleMalformed,
    SpecMalformed,
    SpecNamesDiffer,
    TemplateNotFound,
    TooManySkus,
)
from backend.catalog.permission import CatalogPermission
from backend.catalog.schema.lifecycle import (
    CombinationsSchema,
    CopySchema,
    PriceChangeArguments,
    PriceChangeSchema,
    ScheduleSchema,
)
from backend.catalog.schema.product import StaffProductDetailSchema
from backend.catalog.wiring import services
from backend.media.facade import UnknownMedia
from kit.api.blueprint import StaffBlueprint
from kit.api.raises import raises
from kit.api.waiting import answer_or_wait
from kit.domain.clock import utc_now
from kit.domain.version import StaleVersion
from kit.schema.page import page_of
from kit.security.guard import requires
from kit.security.subject import current_subject

admin_lifecycle = StaffBlueprint(
    "catalog_lifecycle", __name__, description="商品 Products over their life", tag="商品生命周期 Product life"
)
_PRODUCT = "/products/<id:product_id>"


@admin_lifecycle.route(f"{_PRODUCT}/schedule", methods=["PUT"])
@requires(CatalogPermission.SELL)
@raises(ProductNotFound, StaleVersion, NotAllowedNow, ScheduleMalformed, NobodyCanDecide)
@admin_lifecycle.arguments(ScheduleSchema)
@admin_lifecycle.may_wait
@admin_lifecycle.response(200, StaffProductDetailSchema)
def schedule_product(body: dict[str, Any], product_id: int) -> Any:
    """Schedule when a product goes on and off sale by itself (定时上下架). Made within seconds of the time.

    What is not possible then (no SKU, no price) is given up; `schedule_error` of the product says why.
    """
    asked = services().asking.schedule(product_id, **body, actor=current_subject().actor, now=utc_now())
    return answer_or_wait(asked, lambda _: services().query.product(product_id))


@admin_lifecycle.route(f"{_PRODUCT}/copy", methods=["POST"])
@requires(CatalogPermission.EDIT)
@raises(ProductNotFound, CategoryNotFound, BrandNotFound, ProductCodeTaken, UnknownMedia, NobodyCanDecide)
@admin_lifecycle.arguments(CopySchema)
@admin_lifecycle.may_wait
@admin_lifecycle.response(201, StaffProductDetailSchema)
def copy_product(body: dict[str, Any], product_id: int) -> Any:
    """Copy a product (复制商品): a draft like it under a new code, without bar codes and without stock."""
    asked = services().asking.copy(product_id, **body, actor=current_subject().actor, now=utc_now())
    return answer_or_wait(asked, services().query.product)


@admin_lifecycle.route(f"{_PRODUCT}/skus/generate", methods=["POST"])
@requires(CatalogPermission.EDIT)
@raises(
    ProductNotFound,
    TemplateNotFound,
    StaleVersion,
    NotAllowedNow,
    TooManySkus,
    SpecMalformed,
    SpecNamesDiffer,
    PriceMissing,
    NobodyCanDecide,
)
@admin_lifecycle.arguments(CombinationsSchema)
@admin_lifecycle.may_wait
@admin_lifecycle.response(200, StaffProductDetailSchema)
def generate_skus(body: dict[str, Any], product_id: int) -> Any:
    """Generate SKUs (生成规格) from all combinations of spec values, or of a template's.

    Those that are there stay as they are.
    """
    asked = services().asking.generate(product_id, **body, actor=current_subject().actor, now=utc_now())
    return answer_or_wait(asked, lambda _: services().query.product(product_id))


@admin_lifecycle.route(f"{_PRODUCT}/price-changes", methods=["GET"])
@requires(CatalogPermission.READ)
@raises(ProductNotFound)
@admin_lifecycle.arguments(PriceChangeArguments, location="query")
@admin_lifecycle.response(200, page_of(PriceChangeSchema))
def list_price_changes(filters: dict[str, Any], product_id: int) -> Any:
    """The price history (改价记录): every price that became another, newest first."""
    return services().query.price_changes(product_id, **filters)

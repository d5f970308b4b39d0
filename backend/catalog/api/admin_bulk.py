"""Staff routes that change many products at once: all of them, or none."""

from __future__ import annotations

from typing import Any

from backend.approval.facade import NobodyCanDecide
from backend.catalog.domain.error import BulkRefused, CategoryNotFound
from backend.catalog.permission import CatalogPermission
from backend.catalog.schema.bulk import (
    ChangedProductsSchema,
    MovePicksSchema,
    PicksSchema,
    PriceBulkSchema,
    RepricedProductsSchema,
)
from backend.catalog.wiring import services
from kit.api.blueprint import StaffBlueprint
from kit.api.idempotency import idempotent
from kit.api.raises import raises
from kit.api.waiting import answer_or_wait
from kit.domain.clock import utc_now
from kit.security.guard import requires
from kit.security.subject import current_subject

admin_bulk = StaffBlueprint("catalog_bulk", __name__, description="批量 Many products", tag="商品批量 Bulk changes")


@admin_bulk.route("/products/bulk/on-sale", methods=["POST"])
@requires(CatalogPermission.SELL)
@raises(BulkRefused, NobodyCanDecide)
@admin_bulk.arguments(PicksSchema)
@admin_bulk.may_wait
@admin_bulk.response(200, ChangedProductsSchema)
def put_products_on_sale(body: dict[str, Any]) -> Any:
    """Put many products on sale (批量上架). Up to 200.

    If one does not allow it none is changed, and `errors` says why for each.
    """
    asked = services().asking.put_many_on_sale(**body, actor=current_subject().actor, now=utc_now())
    return answer_or_wait(asked, _listed)


@admin_bulk.route("/products/bulk/off-sale", methods=["POST"])
@requires(CatalogPermission.SELL)
@raises(BulkRefused, NobodyCanDecide)
@admin_bulk.arguments(PicksSchema)
@admin_bulk.may_wait
@admin_bulk.response(200, ChangedProductsSchema)
def take_products_off_sale(body: dict[str, Any]) -> Any:
    """Take many products off sale (批量下架). Up to 200.

    If one does not allow it none is changed, and `errors` says why for each.
    """
    asked = services().asking.take_many_off_sale(**body, actor=current_subject().actor, now=utc_now())
    return answer_or_wait(asked, _listed)


@admin_bulk.route("/products/bulk/category", methods=["POST"])
@requires(CatalogPermission.EDIT)
@raises(BulkRefused, CategoryNotFound, NobodyCanDecide)
@admin_bulk.arguments(MovePicksSchema)
@admin_bulk.may_wait
@admin_bulk.response(200, ChangedProductsSchema)
def move_products(body: dict[str, Any]) -> Any:
    """Move many products to a category (批量移动类目). Up to 200.

    If one does not allow it none is changed, and `errors` says why for each.
    """
    asked = services().asking.move(**body, actor=current_subject().actor, now=utc_now())
    return answer_or_wait(asked, _listed)


@admin_bulk.route("/products/bulk/price", methods=["POST"])
@requires(CatalogPermission.PRICE)
@raises(BulkRefused, NobodyCanDecide)
@idempotent
@admin_bulk.arguments(PriceBulkSchema)
@admin_bulk.may_wait
@admin_bulk.response(200, RepricedProductsSchema)
def reprice_products(body: dict[str, Any]) -> Any:
    """Change the prices (批量改价) of all live SKUs of up to 200 products. If one does not allow it none is changed.

    The price history keeps every change with its reason. Look at the preview first.
    """
    asked = services().asking.reprice(**body, actor=current_subject().actor, now=utc_now())
    return answer_or_wait(asked, _listed)


@admin_bulk.route("/products/bulk/price/preview", methods=["POST"])
@requires(CatalogPermission.PRICE)
@raises(BulkRefused, writes=False)
@admin_bulk.arguments(PriceBulkSchema)
@admin_bulk.response(200, RepricedProductsSchema)
def preview_prices(body: dict[str, Any]) -> Any:
    """Preview (改价预览): what the price change would make of every SKU, old and new, and whom it would fail on.

    Changes nothing.
    """
    items = services().bulk.reprice(**body, dry_run=True, operator=current_subject().actor, now=utc_now())
    return {"items": items}


def _listed(items: Any) -> dict[str, Any]:
    return {"items": items}

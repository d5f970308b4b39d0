"""Staff routes of catalog."""

from __future__ import annotations

from typing import Any

from backend.approval.facade import NobodyCanDecide
from backend.catalog.domain.error import (
    BarCodeTaken,
    BarCodeWrong,
    BrandNotFound,
    CategoryInsideItself,
    CategoryInUse,
    CategoryNameTaken,
    CategoryNotFound,
    CategoryTooDeep,
    DetailTooLong,
    EverSold,
    NotAllowedNow,
    NothingToSell,
    PriceMissing,
    ProductCodeTaken,
    ProductNotFound,
    SpecMalformed,
    SpecNamesDiffer,
    SpecRepeated,
    TagNotFound,
    UnknownSku,
)
from backend.catalog.permission import CatalogPermission
from backend.catalog.schema.category import (
    CategoryFactsSchema,
    CategoryIdSchema,
    EditedCategorySchema,
    StaffCategoryTreeSchema,
)
from backend.catalog.schema.form import ProductFormSchema
from backend.catalog.schema.lifecycle import DeleteProductArguments
from backend.catalog.schema.product import (
    EditedProductSchema,
    NewProductSchema,
    StaffProductArguments,
    StaffProductDetailSchema,
    StaffProductSchema,
)
from backend.catalog.wiring import services
from backend.media.facade import UnknownMedia
from kit.api.blueprint import StaffBlueprint
from kit.api.raises import raises
from kit.api.waiting import answer_or_wait, nothing
from kit.domain.clock import utc_now
from kit.domain.version import StaleVersion
from kit.schema.edit import VersionArguments
from kit.schema.page import page_of
from kit.security.guard import requires
from kit.security.subject import current_subject

admin = StaffBlueprint(
    "catalog_admin", __name__, description="商品 Categories, products and their SKUs", tag="商品 Products"
)

# Larger numbers are no ids: 404, instead of an integer the database cannot take.
_ID = "id"
_CATEGORY = f"/categories/<{_ID}:category_id>"
_PRODUCT = f"/products/<{_ID}:product_id>"


@admin.route("/categories", methods=["GET"])
@requires(CatalogPermission.READ)
@admin.response(200, StaffCategoryTreeSchema)
def list_staff_categories() -> Any:
    """The category tree (类目), archived ones included."""
    return {"items": services().query.categories()}


@admin.route("/categories", methods=["POST"])
@requires(CatalogPermission.EDIT)
@raises(CategoryNotFound, CategoryNameTaken, CategoryTooDeep, UnknownMedia, NobodyCanDecide)
@admin.arguments(CategoryFactsSchema)
@admin.may_wait
@admin.response(201, CategoryIdSchema)
def add_category(body: dict[str, Any]) -> Any:
    """Create a category (新建类目), on at most the third level."""
    asked = services().asking.add_category(**body, actor=current_subject().actor, now=utc_now())
    return answer_or_wait(asked, lambda category_id: {"id": category_id})


@admin.route(_CATEGORY, methods=["PUT"])
@requires(CatalogPermission.EDIT)
@raises(
    CategoryNotFound,
    CategoryNameTaken,
    CategoryTooDeep,
    CategoryInsideItself,
    StaleVersion,
    UnknownMedia,
    NobodyCanDecide,
)
@admin.arguments(EditedCategorySchema)
@admin.may_wait
@admin.response(204)
def change_category(body: dict[str, Any], category_id: int) -> Any:
    """Rename, move, reorder, show or hide a category (修改类目)."""
    asked = services().asking.change_category(category_id, **body, actor=current_subject().actor, now=utc_now())
    return answer_or_wait(asked, nothing)


@admin.route(_CATEGORY, methods=["DELETE"])
@requires(CatalogPermission.EDIT)
@raises(CategoryNotFound, CategoryInUse, StaleVersion, NobodyCanDecide)
@admin.arguments(VersionArguments, location="query")
@admin.may_wait
@admin.response(204)
def archive_category(seen: dict[str, Any], category_id: int) -> Any:
    """Archive a category (归档类目) that has neither live children nor products (409 otherwise)."""
    asked = services().asking.archive_category(category_id, **seen, actor=current_subject().actor, now=utc_now())
    return answer_or_wait(asked, nothing)


@admin.route("/products", methods=["GET"])
@requires(CatalogPermission.READ)
@admin.arguments(StaffProductArguments, location="query")
@admin.response(200, page_of(StaffProductSchema))
def list_staff_products(filters: dict[str, Any]) -> Any:
    """Products (商品) in every state, newest first; with `q` the best first.

    A product code, SKU code or bar code in `q` is the whole question, else it is words. Changes are found by `q`,
    `below_category_id` and `tag_id` within a moment, by the others at once. A page may be shorter than `limit`: go on
    while there is a `next_cursor`.
    """
    return services().looking_up.page(**filters)


@admin.route("/products", methods=["POST"])
@requires(CatalogPermission.EDIT)
@raises(
    CategoryNotFound,
    BrandNotFound,
    TagNotFound,
    ProductCodeTaken,
    BarCodeTaken,
    BarCodeWrong,
    DetailTooLong,
    SpecMalformed,
    SpecRepeated,
    SpecNamesDiffer,
    UnknownSku,
    UnknownMedia,
    NobodyCanDecide,
)
@admin.arguments(NewProductSchema)
@admin.may_wait
@admin.response(201, StaffProductDetailSchema)
def create_product(product: dict[str, Any]) -> Any:
    """Create a product (新建商品) as a draft. Its SKUs begin without stock: POST /admin/v1/stock/inbound."""
    asked = services().asking.create(**product, actor=current_subject().actor, now=utc_now())
    return answer_or_wait(asked, services().query.product)


@admin.route(_PRODUCT, methods=["GET"])
@requires(CatalogPermission.READ)
@raises(ProductNotFound)
@admin.response(200, StaffProductDetailSchema)
def show_staff_product(product_id: int) -> Any:
    """A product (商品详情) with its live SKUs and the version an edit has to name."""
    return services().query.product(product_id)


@admin.route(f"{_PRODUCT}/form", methods=["GET"])
@requires(CatalogPermission.READ)
@raises(ProductNotFound)
@admin.response(200, ProductFormSchema)
def show_product_form(product_id: int) -> Any:
    """The edit form (编辑表单) of a product: the body that PUT takes, as things stand. Change a word and send it."""
    return services().query.product(product_id)


@admin.route(_PRODUCT, methods=["PUT"])
@requires(CatalogPermission.EDIT)
@raises(
    ProductNotFound,
    CategoryNotFound,
    BrandNotFound,
    TagNotFound,
    StaleVersion,
    NotAllowedNow,
    NothingToSell,
    PriceMissing,
    BarCodeTaken,
    BarCodeWrong,
    DetailTooLong,
    SpecMalformed,
    SpecRepeated,
    SpecNamesDiffer,
    UnknownSku,
    UnknownMedia,
    NobodyCanDecide,
)
@admin.arguments(EditedProductSchema)
@admin.may_wait
@admin.response(200, StaffProductDetailSchema)
def edit_product(product: dict[str, Any], product_id: int) -> Any:
    """Edit a product (编辑商品、改价): the whole as it is to be, beginning with what GET …/form answers.

    Existing SKUs carry their id, new ones none, missing ones are archived.
    Fields whose description says so stay as they are when they are left out.
    """
    asked = services().asking.edit(product_id, **product, actor=current_subject().actor, now=utc_now())
    return answer_or_wait(asked, lambda _: services().query.product(product_id))


@admin.route(f"{_PRODUCT}/on-sale", methods=["POST"])
@requires(CatalogPermission.SELL)
@raises(ProductNotFound, NotAllowedNow, NothingToSell, PriceMissing, StaleVersion, NobodyCanDecide)
@admin.arguments(VersionArguments, location="query")
@admin.may_wait
@admin.response(204)
def put_product_on_sale(seen: dict[str, Any], product_id: int) -> Any:
    """Put a product on sale (上架). Needs at least one SKU, and a price above 0 for each."""
    asked = services().asking.put_on_sale(product_id, **seen, actor=current_subject().actor, now=utc_now())
    return answer_or_wait(asked, nothing)


@admin.route(f"{_PRODUCT}/off-sale", methods=["POST"])
@requires(CatalogPermission.SELL)
@raises(ProductNotFound, NotAllowedNow, StaleVersion, NobodyCanDecide)
@admin.arguments(VersionArguments, location="query")
@admin.may_wait
@admin.response(204)
def take_product_off_sale(seen: dict[str, Any], product_id: int) -> Any:
    """Take a product off sale (下架). At once invisible to customers."""
    asked = services().asking.take_off_sale(product_id, **seen, actor=current_subject().actor, now=utc_now())
    return answer_or_wait(asked, nothing)


@admin.route(_PRODUCT, methods=["DELETE"])
@requires(CatalogPermission.EDIT)
@raises(ProductNotFound, NotAllowedNow, EverSold, StaleVersion, NobodyCanDecide)
@admin.arguments(DeleteProductArguments, location="query")
@admin.may_wait
@admin.response(204)
def archive_product(how: dict[str, Any], product_id: int) -> Any:
    """Archive a product (归档商品) that is not on sale. It keeps its code, and old orders keep showing it.

    With `erase` what was never sold and whose stock never moved is deleted for good (409 otherwise).
    """
    asked = services().asking.delete(product_id, **how, actor=current_subject().actor, now=utc_now())
    return answer_or_wait(asked, nothing)

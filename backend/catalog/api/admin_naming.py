"""Staff routes of brands, tags and spec templates."""

from __future__ import annotations

from typing import Any

from backend.catalog.domain.brand import BrandFacts
from backend.catalog.domain.error import (
    BrandInUse,
    BrandNameTaken,
    BrandNotFound,
    CategoryNotFound,
    TagNameTaken,
    TagNotFound,
    TemplateNameTaken,
    TemplateNotFound,
)
from backend.catalog.domain.tag import TagFacts
from backend.catalog.domain.template import TemplateFacts
from backend.catalog.permission import CatalogPermission
from backend.catalog.schema.naming import (
    BrandArguments,
    BrandSchema,
    EditedBrandSchema,
    EditedTagSchema,
    EditedTemplateSchema,
    NewBrandSchema,
    NewTagSchema,
    NewTemplateSchema,
    TagArguments,
    TagSchema,
    TemplateArguments,
    TemplateSchema,
)
from backend.catalog.wiring import services
from backend.media.facade import UnknownMedia
from kit.api.blueprint import StaffBlueprint
from kit.api.raises import raises
from kit.domain.clock import utc_now
from kit.domain.version import StaleVersion
from kit.schema.edit import VersionArguments
from kit.schema.page import page_of
from kit.security.guard import requires

admin_naming = StaffBlueprint(
    "catalog_naming", __name__, description="品牌 Brands, tags and spec templates", tag="品牌标签 Brands and tags"
)


@admin_naming.route("/brands", methods=["GET"])
@requires(CatalogPermission.READ)
@admin_naming.arguments(BrandArguments, location="query")
@admin_naming.response(200, page_of(BrandSchema))
def list_brands(filters: dict[str, Any]) -> Any:
    """Brands (品牌) in order of display."""
    return services().naming_query.brands(**filters)


@admin_naming.route("/brands", methods=["POST"])
@requires(CatalogPermission.CLASSIFY)
@raises(BrandNameTaken, UnknownMedia)
@admin_naming.arguments(NewBrandSchema)
@admin_naming.response(201, BrandSchema)
def add_brand(body: dict[str, BrandFacts]) -> Any:
    """Create a brand (新建品牌). Products and sheets that name an unknown brand add it by themselves."""
    return services().naming_query.brand(services().brands.add(**body))


@admin_naming.route("/brands/<id:brand_id>", methods=["PUT"])
@requires(CatalogPermission.CLASSIFY)
@raises(BrandNotFound, StaleVersion, BrandNameTaken, UnknownMedia)
@admin_naming.arguments(EditedBrandSchema)
@admin_naming.response(200, BrandSchema)
def change_brand(body: dict[str, Any], brand_id: int) -> Any:
    """Change a brand; its products show the new name at once. What is left out stays as it is."""
    services().brands.change(brand_id, **body)
    return services().naming_query.brand(brand_id)


@admin_naming.route("/brands/<id:brand_id>", methods=["DELETE"])
@requires(CatalogPermission.CLASSIFY)
@raises(BrandNotFound, StaleVersion, BrandInUse)
@admin_naming.arguments(VersionArguments, location="query")
@admin_naming.response(204)
def archive_brand(seen: dict[str, int], brand_id: int) -> None:
    """Archive a brand that no product carries (409 otherwise). Its name is free again."""
    services().brands.archive(brand_id, **seen, now=utc_now())


@admin_naming.route("/tags", methods=["GET"])
@requires(CatalogPermission.READ)
@admin_naming.arguments(TagArguments, location="query")
@admin_naming.response(200, page_of(TagSchema))
def list_tags(filters: dict[str, Any]) -> Any:
    """Tags (标签) in order of display."""
    return services().naming_query.tags(**filters)


@admin_naming.route("/tags", methods=["POST"])
@requires(CatalogPermission.CLASSIFY)
@raises(TagNameTaken)
@admin_naming.arguments(NewTagSchema)
@admin_naming.response(201, TagSchema)
def add_tag(body: dict[str, TagFacts]) -> Any:
    """Create a tag (新建标签). Products wear it by `tag_ids`."""
    return services().naming_query.tag(services().tags.add(**body))


@admin_naming.route("/tags/<id:tag_id>", methods=["PUT"])
@requires(CatalogPermission.CLASSIFY)
@raises(TagNotFound, StaleVersion, TagNameTaken)
@admin_naming.arguments(EditedTagSchema)
@admin_naming.response(200, TagSchema)
def change_tag(body: dict[str, Any], tag_id: int) -> Any:
    """Rename or reorder a tag. What is left out stays as it is."""
    services().tags.change(tag_id, **body)
    return services().naming_query.tag(tag_id)


@admin_naming.route("/tags/<id:tag_id>", methods=["DELETE"])
@requires(CatalogPermission.CLASSIFY)
@raises(TagNotFound, StaleVersion)
@admin_naming.arguments(VersionArguments, location="query")
@admin_naming.response(204)
def delete_tag(seen: dict[str, int], tag_id: int) -> None:
    """Delete a tag; products that wear it lose it."""
    services().tags.remove(tag_id, **seen)


@admin_naming.route("/spec-templates", methods=["GET"])
@requires(CatalogPermission.READ)
@admin_naming.arguments(TemplateArguments, location="query")
@admin_naming.response(200, page_of(TemplateSchema))
def list_spec_templates(filters: dict[str, Any]) -> Any:
    """Spec templates (规格模板), oldest first."""
    return services().naming_query.templates(**filters)


@admin_naming.route("/spec-templates", methods=["POST"])
@requires(CatalogPermission.CLASSIFY)
@raises(CategoryNotFound, TemplateNameTaken)
@admin_naming.arguments(NewTemplateSchema)
@admin_naming.response(201, TemplateSchema)
def add_spec_template(body: dict[str, TemplateFacts]) -> Any:
    """Create a spec template (新建规格模板): what the SKUs of a category's products usually differ in."""
    return services().naming_query.template(services().templates.add(**body))


@admin_naming.route("/spec-templates/<id:template_id>", methods=["PUT"])
@requires(CatalogPermission.CLASSIFY)
@raises(TemplateNotFound, StaleVersion, CategoryNotFound, TemplateNameTaken)
@admin_naming.arguments(EditedTemplateSchema)
@admin_naming.response(200, TemplateSchema)
def change_spec_template(body: dict[str, Any], template_id: int) -> Any:
    """The whole template as it is to be. Products that were made from it keep their SKUs."""
    services().templates.change(template_id, **body)
    return services().naming_query.template(template_id)


@admin_naming.route("/spec-templates/<id:template_id>", methods=["DELETE"])
@requires(CatalogPermission.CLASSIFY)
@raises(TemplateNotFound, StaleVersion)
@admin_naming.arguments(VersionArguments, location="query")
@admin_naming.response(204)
def delete_spec_template(seen: dict[str, int], template_id: int) -> None:
    """Delete a spec template. Products that were made from it keep their SKUs."""
    services().templates.remove(template_id, **seen)

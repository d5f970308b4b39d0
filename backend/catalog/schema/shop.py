"""Shapes of what customers read. They document the hot bytes, and tests hold the bytes to them."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, validate

from backend.catalog.domain.home import LinkTarget
from backend.catalog.domain.listing import ListOrder
from backend.catalog.domain.stock import StockState
from backend.catalog.domain.tag import MAX_TAGS
from backend.catalog.service.shopping.browsing import Wish
from kit.domain.money import MAX_FEN
from kit.repository.page import PageRequest
from kit.schema.base import OutputSchema
from kit.schema.fields import Fen, Id, QueryCount
from kit.schema.page import PageArguments


class ProductArguments(PageArguments):
    """Query string of the product list."""

    category_id = Id(load_default=None, metadata={"description": "This category and everything below it"})
    brand_id = Id(load_default=None)
    tag_id = fields.List(
        Id(), load_default=list, validate=validate.Length(0, MAX_TAGS), metadata={"description": "All of these tags"}
    )
    price_from_fen = QueryCount(
        0, MAX_FEN, load_default=None, metadata={"description": "The lowest price is at least this", "example": 500}
    )
    price_to_fen = QueryCount(
        0, MAX_FEN, load_default=None, metadata={"description": "The lowest price is at most this", "example": 2000}
    )
    in_stock = fields.Boolean(load_default=False, metadata={"description": "true: only what is in stock"})
    order = fields.Enum(
        ListOrder,
        by_value=True,
        load_default=ListOrder.DEFAULT,
        metadata={"description": "default: as staff weigh them, then newest; sales: units sold, most first"},
    )

    @post_load
    def make_page(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        rest = {**data, "tag_ids": frozenset(data["tag_id"])}
        page = PageRequest(rest.pop("limit"), rest.pop("cursor"))
        rest.pop("tag_id")
        return {"page": page, "wish": Wish(**rest)}


class NamedValueSchema(OutputSchema):
    """One pair of a spec or of the parameters."""

    name = fields.String(metadata={"example": "产地"})
    value = fields.String(metadata={"example": "山东烟台"})


class CategorySchema(OutputSchema):
    """A category."""

    id = Id()
    parent_id = Id(allow_none=True)
    name = fields.String(metadata={"example": "新鲜水果"})
    image_url = fields.String(metadata={"example": "https://img.example.com/p/apple.jpg"})


class CategoryNodeSchema(CategorySchema):
    """A category with those below it."""

    children = fields.List(fields.Nested("CategoryNodeSchema"))


class CategoryTreeSchema(OutputSchema):
    """The tree."""

    items = fields.List(fields.Nested(CategoryNodeSchema))


class ProductCardSchema(OutputSchema):
    """A product in a list."""

    id = Id()
    code = fields.String(metadata={"example": "FRUIT-001"})
    category_id = Id()
    title = fields.String(metadata={"example": "烟台红富士苹果"})
    brand = fields.String(metadata={"example": "果然鲜"})
    brand_id = Id(allow_none=True)
    selling_point = fields.String(metadata={"example": "当季现摘，脆甜多汁"})
    unit = fields.String(metadata={"example": "斤"})
    image_url = fields.String(metadata={"example": "https://img.example.com/p/apple.jpg"})
    min_price_fen = Fen(metadata={"description": "The lowest price of a SKU", "example": 1290})
    in_stock = fields.Boolean(metadata={"description": "Any SKU is in stock"})
    sales = fields.Integer(metadata={"description": "Units sold; may lag by half a minute", "example": 1268})


class BannerSchema(OutputSchema):
    """A picture, and what a tap on it leads to."""

    title = fields.String(metadata={"example": "双十二"})
    image_url = fields.String(metadata={"example": "https://img.example.com/h/1212.jpg"})
    target = fields.Enum(LinkTarget, by_value=True)
    target_id = Id(allow_none=True, metadata={"description": "Of the product or category"})
    page = fields.String(metadata={"description": "Path in the mini-program", "example": "pages/sale/index"})


class HomeSchema(OutputSchema):
    """The first screen."""

    banners = fields.List(fields.Nested(BannerSchema))
    categories = fields.List(
        fields.Nested(CategorySchema), metadata={"description": "As arranged; root categories where nothing is"}
    )
    hot = fields.List(
        fields.Nested(ProductCardSchema), metadata={"description": "As arranged; the best sold where nothing is"}
    )
    newest = fields.List(
        fields.Nested(ProductCardSchema), metadata={"description": "As arranged; the newest where nothing is"}
    )
    recommended = fields.List(
        fields.Nested(ProductCardSchema),
        metadata={"description": "As arranged; what staff weigh most, then the newest, where nothing is"},
    )


class SpecNameSchema(OutputSchema):
    """A spec name with every value some SKU has."""

    name = fields.String(metadata={"example": "规格"})
    values = fields.List(fields.String(), metadata={"example": ["500g", "1kg"]})


class SkuSchema(OutputSchema):
    """A SKU."""

    id = Id()
    code = fields.String(metadata={"example": "FRUIT-001-1"})
    spec = fields.List(fields.Nested(NamedValueSchema))
    spec_text = fields.String(metadata={"example": "规格:500g;口味:原味"})
    price_fen = Fen(metadata={"example": 1290})
    list_price_fen = Fen(allow_none=True, metadata={"description": "划线价; may be anything", "example": 1590})
    image_url = fields.String(
        allow_none=True,
        metadata={"description": "null: show the product's", "example": "https://img.example.com/p/apple.jpg"},
    )
    in_stock = fields.Boolean()


class ShopSkuSchema(SkuSchema):
    """A SKU as customers see it: how many there are only when they are the last ones."""

    stock = fields.Enum(StockState, by_value=True, metadata={"description": "low: `low_count` says how many are left"})
    low_count = fields.Integer(allow_none=True, metadata={"description": "Units left; null unless low", "example": 3})
    order_limit = fields.Integer(
        allow_none=True, metadata={"description": "Units that one order may hold; null: no limit", "example": 5}
    )


class TagSchema(OutputSchema):
    """A tag."""

    id = Id()
    name = fields.String(metadata={"example": "当季"})


class TagListSchema(OutputSchema):
    """Tags."""

    items = fields.List(fields.Nested(TagSchema))


class BrandSchema(OutputSchema):
    """A brand."""

    id = Id()
    name = fields.String(metadata={"example": "果然鲜"})
    logo = fields.String(metadata={"example": "https://img.example.com/b/fresh.png"})


class BrandListSchema(OutputSchema):
    """Brands."""

    items = fields.List(fields.Nested(BrandSchema))


class ProductDetailSchema(ProductCardSchema):
    """A product with everything a customer may see."""

    category_name = fields.String(metadata={"example": "新鲜水果"})
    gallery = fields.List(fields.String(), metadata={"example": ["https://img.example.com/p/apple.jpg"]})
    parameters = fields.List(fields.Nested(NamedValueSchema))
    video = fields.String(metadata={"description": "Empty: none", "example": "https://img.example.com/p/apple.mp4"})
    detail = fields.String(metadata={"description": "Clean HTML for rich-text", "example": "<p>脆甜多汁</p>"})
    origin = fields.String(metadata={"example": "山东烟台"})
    tags = fields.List(fields.Nested(TagSchema))
    specs = fields.List(fields.Nested(SpecNameSchema))
    skus = fields.List(fields.Nested(ShopSkuSchema))

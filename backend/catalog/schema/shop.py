"""Shapes of what customers read. They document the hot bytes, and tests hold the bytes to them."""

from __future__ import annotations

from marshmallow import fields

from backend.catalog.domain.home import LinkTarget
from kit.schema.base import OutputSchema
from kit.schema.fields import Fen, Id
from kit.schema.page import PageArguments


class ProductArguments(PageArguments):
    """Query string of the product list."""

    category_id = Id(load_default=None, metadata={"description": "This category and everything below it"})


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
    selling_point = fields.String(metadata={"example": "当季现摘，脆甜多汁"})
    unit = fields.String(metadata={"example": "斤"})
    image_url = fields.String(metadata={"example": "https://img.example.com/p/apple.jpg"})
    min_price_fen = Fen(metadata={"description": "The lowest price of a SKU", "example": 1290})
    in_stock = fields.Boolean(metadata={"description": "Any SKU is in stock"})


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


class ProductDetailSchema(ProductCardSchema):
    """A product with everything a customer may see."""

    category_name = fields.String(metadata={"example": "新鲜水果"})
    gallery = fields.List(fields.String(), metadata={"example": ["https://img.example.com/p/apple.jpg"]})
    parameters = fields.List(fields.Nested(NamedValueSchema))
    specs = fields.List(fields.Nested(SpecNameSchema))
    skus = fields.List(fields.Nested(SkuSchema))

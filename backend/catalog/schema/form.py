"""A product in the shape of its edit: sent back as it is, it changes nothing."""

from __future__ import annotations

from marshmallow import fields

from backend.catalog.schema.shop import NamedValueSchema
from backend.catalog.schema.shown import Stored
from kit.schema.base import OutputSchema
from kit.schema.fields import Fen, Id

_DETAIL = '<p>当季现摘</p><img src="https://img.example.com/p/apple-1.jpg">'


class SkuFormSchema(OutputSchema):
    """One SKU; one without an id would be new."""

    id = Id()
    spec = fields.List(fields.Nested(NamedValueSchema))
    price_fen = Fen(metadata={"example": 1290})
    list_price_fen = Fen(allow_none=True, metadata={"example": 1590})
    image_url = Stored(allow_none=True)
    bar_code = fields.String(allow_none=True, metadata={"example": "A-1"})
    weight_g = fields.Integer(allow_none=True, metadata={"description": "Gram", "example": 520})
    cost_fen = Fen(allow_none=True, metadata={"description": "Of one unit", "example": 800})
    order_limit = fields.Integer(allow_none=True, metadata={"description": "Units one order may hold", "example": 5})


class ProductFormSchema(OutputSchema):
    """All that an edit says. The brand is named by its id alone: no new one comes about."""

    version = fields.Integer(metadata={"example": 3})
    category_id = Id()
    title = fields.String(metadata={"example": "烟台红富士苹果"})
    brand_id = Id(allow_none=True)
    selling_point = fields.String(metadata={"example": "当季现摘，脆甜多汁"})
    unit = fields.String(metadata={"example": "斤"})
    image_url = Stored()
    gallery = fields.List(Stored())
    parameters = fields.List(fields.Nested(NamedValueSchema))
    detail = fields.String(metadata={"description": "Clean HTML", "example": _DETAIL})
    video = fields.String(metadata={"description": "An address or a reference", "example": ""})
    origin = fields.String(metadata={"example": "山东烟台"})
    freight_class = fields.String(metadata={"example": "fresh"})
    sort_weight = fields.Integer(metadata={"example": 10})
    tag_ids = fields.List(Id(), metadata={"example": ["41503612345679872"]})
    skus = fields.List(fields.Nested(SkuFormSchema))

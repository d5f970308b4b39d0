"""Shapes of the cart."""

from __future__ import annotations

from marshmallow import fields

from backend.cart.domain.line import MAX_QUANTITY
from backend.cart.domain.mark import Availability
from kit.schema.base import InputSchema, OutputSchema
from kit.schema.fields import Count, Id


class AddLineSchema(InputSchema):
    """Put a SKU in."""

    sku_id = Id(required=True)
    quantity = Count(1, MAX_QUANTITY, load_default=1, metadata={"example": 2})


class ChangeLineSchema(InputSchema):
    """Set the quantity of a line."""

    quantity = Count(1, MAX_QUANTITY, required=True, metadata={"example": 3})


class CartLineSchema(OutputSchema):
    """A line as it was stored."""

    sku_id = Id()
    quantity = fields.Integer(metadata={"example": 2})
    added_price_fen = fields.Integer(metadata={"example": 1390})


class CartItemSchema(OutputSchema):
    """A line as it is shown."""

    sku_id = Id()
    product_id = Id(allow_none=True)
    title = fields.String(metadata={"example": "烟台红富士苹果"})
    spec_text = fields.String(metadata={"example": "规格:500g"})
    image_url = fields.String(metadata={"example": "https://img.example.com/p/apple.jpg"})
    unit = fields.String(metadata={"example": "斤"})
    quantity = fields.Integer(metadata={"example": 2})
    price_fen = fields.Integer(metadata={"description": "Today's price of one", "example": 1290})
    added_price_fen = fields.Integer(metadata={"description": "What one cost when it was added", "example": 1390})
    price_changed = fields.Boolean()
    availability = fields.Enum(Availability, by_value=True)
    max_quantity = fields.Integer(
        allow_none=True,
        metadata={"description": "Set when fewer are left, or may be ordered, than wanted", "example": 1},
    )
    order_limit = fields.Integer(
        allow_none=True,
        metadata={"description": "每单限购: at most so many in one order; null: no limit", "example": 5},
    )


class CartSchema(OutputSchema):
    """The whole cart."""

    items = fields.List(fields.Nested(CartItemSchema))
    orderable_fen = fields.Integer(
        metadata={"description": "Amount of the lines whose availability is ok", "example": 2580}
    )

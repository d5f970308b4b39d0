"""Shapes of favourites and recently viewed products."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.catalog.schema.shop import ProductCardSchema
from kit.schema.base import InputSchema, OutputSchema
from kit.schema.fields import Fen, Id, Timestamp

MAX_ASKED = 100


class KeptProductSchema(ProductCardSchema):
    """A product in a customer's own list; it may have left the shelf since."""

    min_price_fen = Fen(allow_none=True, metadata={"description": "The lowest price of today", "example": 1290})
    on_sale = fields.Boolean(metadata={"description": "false: it cannot be bought now"})


class FavouriteSchema(KeptProductSchema):
    """A favourite."""

    added_price_fen = Fen(metadata={"description": "The lowest price when it was added", "example": 1590})
    added_at = Timestamp()


class ViewedProductSchema(KeptProductSchema):
    """A product that was looked at."""

    viewed_at = Timestamp()


class ProductIdsArguments(InputSchema):
    """Query string that names products."""

    product_id = fields.List(Id(), required=True, validate=validate.Length(1, MAX_ASKED))


class FavouriteIdsSchema(OutputSchema):
    """Which of the products are favourites."""

    product_ids = fields.List(Id())

"""Shapes of wishes."""

from __future__ import annotations

from marshmallow import fields

from kit.schema.base import InputSchema, OutputSchema
from kit.schema.fields import Id, Timestamp


class NewWishSchema(InputSchema):
    """What is wished for."""

    sku_id = Id(required=True)


class WishSchema(OutputSchema):
    """A wish."""

    id = Id()
    sku_id = Id()
    wished_at = Timestamp()


class WishesSchema(OutputSchema):
    """All of them."""

    items = fields.List(fields.Nested(WishSchema))

"""Shapes of what happens to a product beside edits: schedule, copy, SKUs from combinations, prices, deletion."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from backend.catalog.schema.naming import spec_choices
from backend.catalog.schema.product import CODE_LENGTH
from backend.catalog.schema.version import VersionArguments, version_field
from kit.domain.words import Words
from kit.schema.base import InputSchema, OutputSchema
from kit.schema.fields import CODE_SIGNS, Fen, Id, Line, Moment, Timestamp
from kit.schema.page import PageArguments

_ONE_OF_TWO = Words("specs 和 template_id 须填写其中一个，且只填一个", "Send either specs or template_id.")


class DeleteProductArguments(VersionArguments):
    """Query string of a deletion."""

    erase = fields.Boolean(
        load_default=False,
        metadata={"description": "true: delete for good what was never sold; its code is free again"},
    )


class ScheduleSchema(InputSchema):
    """When the product goes on and off sale by itself; null or left out: it does not."""

    on_sale_at = Moment(load_default=None, allow_none=True)
    off_sale_at = Moment(load_default=None, allow_none=True, metadata={"example": "2026-12-12T00:00:00+08:00"})
    version = version_field()


class CopySchema(InputSchema):
    """The new draft."""

    code = Line(CODE_LENGTH, pattern=CODE_SIGNS, required=True, metadata={"example": "FRUIT-002"})
    title = Line(
        200,
        load_default=None,
        allow_none=True,
        metadata={"description": "null: the same title", "example": "烟台红富士苹果 礼盒"},
    )


class CombinationsSchema(InputSchema):
    """Spec names with their values, or a template; every combination becomes a SKU unless it is there."""

    specs = spec_choices(load_default=None, allow_none=True)
    template_id = Id(load_default=None, allow_none=True, metadata={"example": None})
    price_fen = Fen(required=True, metadata={"description": "Of the new SKUs", "example": 1290})
    list_price_fen = Fen(load_default=None, allow_none=True, metadata={"example": 1590})
    version = version_field(required=True)

    @validates_schema
    def check_one(self, data: dict[str, Any], **_: Any) -> None:
        if (data["specs"] is None) is (data["template_id"] is None):
            raise ValidationError(_ONE_OF_TWO, "specs")


class PriceChangeArguments(PageArguments):
    """Query string of the price history."""

    sku_id = Id(load_default=None, metadata={"description": "Of this SKU alone"})


class PriceChangeSchema(OutputSchema):
    """One SKU's price or list price became another."""

    id = Id()
    sku_id = Id()
    sku_code = fields.String(metadata={"example": "FRUIT-001-1"})
    spec_text = fields.String(metadata={"example": "规格:500g"})
    old_price_fen = Fen(metadata={"example": 1290})
    new_price_fen = Fen(metadata={"example": 990})
    old_list_price_fen = Fen(allow_none=True, metadata={"example": 1590})
    new_list_price_fen = Fen(allow_none=True, metadata={"example": 1590})
    actor = fields.String(metadata={"description": "Who did it", "example": "staff:41503612345679872"})
    reason = fields.String(metadata={"example": "双十一"})
    at = Timestamp()

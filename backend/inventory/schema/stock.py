"""Shapes of stock levels, movements and receipts."""

from __future__ import annotations

from marshmallow import fields, validate

from kit.schema.base import InputSchema, OutputSchema
from kit.schema.fields import CodeLine, Count, Id, Line, Timestamp
from kit.schema.page import PageArguments


class StockArguments(PageArguments):
    """Filters of the stock list."""

    sku_code = CodeLine(
        64, load_default=None, metadata={"description": "Exactly this SKU code", "example": "FRUIT-001-1"}
    )


class MovementArguments(PageArguments):
    """Filters of the movement log."""

    sku_id = Id(load_default=None)
    reference = CodeLine(64, load_default=None, metadata={"example": "order:2611200830004821567890"})


class StockLevelSchema(OutputSchema):
    """One stock row."""

    sku_id = Id()
    sku_code = fields.String(metadata={"example": "FRUIT-001-1"})
    title = fields.String(metadata={"example": "烟台红富士苹果"})
    on_hand = fields.Integer(metadata={"example": 120})
    reserved = fields.Integer(metadata={"example": 2})
    available = fields.Integer(metadata={"description": "on_hand - reserved", "example": 118})
    updated_at = Timestamp()


class MovementSchema(OutputSchema):
    """One row of the ledger."""

    id = Id()
    sku_id = Id()
    kind = fields.String(metadata={"enum": ["receive", "reserve", "release", "deduct"]})
    on_hand_before = fields.Integer(metadata={"example": 100})
    on_hand_delta = fields.Integer(metadata={"example": 20})
    on_hand_after = fields.Integer(metadata={"example": 120})
    reserved_before = fields.Integer(metadata={"example": 2})
    reserved_delta = fields.Integer(metadata={"example": 0})
    reserved_after = fields.Integer(metadata={"example": 2})
    reference = fields.String(metadata={"example": "receipt:DN-20261120-01"})
    reason = fields.String(metadata={"example": "weekly delivery"})
    operator = fields.String(metadata={"example": "staff:41503612345679872"})
    created_at = Timestamp()


class StockReceiptLineSchema(InputSchema):
    """Units of one SKU."""

    sku_id = Id(required=True)
    quantity = Count(1, 1_000_000, required=True, metadata={"example": 20})


class StockReceiptSchema(InputSchema):
    """Goods that came in, on one delivery note."""

    reference = Line(
        48,
        required=True,
        pattern=r"^[A-Za-z0-9_\-.]+$",
        metadata={"description": "Number of the delivery note; booked once", "example": "DN-20261120-01"},
    )
    reason = Line(200, load_default="receipt", metadata={"example": "weekly delivery"})
    lines = fields.List(fields.Nested(StockReceiptLineSchema), required=True, validate=validate.Length(1, 200))

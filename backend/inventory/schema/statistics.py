"""Shapes of statistics."""

from __future__ import annotations

from marshmallow import fields

from backend.inventory.domain.stock import DEFAULT_LOCATION
from backend.inventory.schema.moment import Day
from kit.schema.base import InputSchema, OutputSchema
from kit.schema.fields import Id, QueryCount, Rows, Timestamp
from kit.schema.page import PageArguments
from kit.schema.signed import SignedSchema, name_field


class PeriodArguments(InputSchema):
    """Days of the shop; at most 92, without any the last 30."""

    first_day = Day(load_default=None, metadata={"example": "2026-11-01"})
    last_day = Day(
        load_default=None, metadata={"description": "Included; today when it is missing", "example": "2026-11-20"}
    )
    location_id = Id(load_default=None, metadata={"example": "1"})


class ProductPeriodArguments(PeriodArguments):
    """The same for one product."""

    product_id = Id(load_default=None, metadata={"description": "All SKUs of this product"})


class SkuPeriodArguments(ProductPeriodArguments):
    """The same for one product or one SKU."""

    sku_id = Id(load_default=None)


class TurnoverArguments(PeriodArguments):
    """One location, one SKU there or all."""

    sku_id = Id(load_default=None)

    location_id = Id(
        load_default=DEFAULT_LOCATION, metadata={"description": "1 is the default location", "example": "1"}
    )


class LocationPageArguments(PageArguments):
    """A list of one location."""

    location_id = Id(
        load_default=DEFAULT_LOCATION, metadata={"description": "1 is the default location", "example": "1"}
    )


class DeadStockArguments(LocationPageArguments):
    """What nobody wants."""

    idle_days = QueryCount(1, 3650, load_default=90, metadata={"description": "Nothing left for so many days"})


class _SumsSchema(OutputSchema):
    units_in = fields.Integer(metadata={"description": "Received and returned", "example": 120})
    units_out = fields.Integer(metadata={"description": "Shipped and issued", "example": 87})
    units_adjusted = fields.Integer(metadata={"description": "Adjusted and counted; may be negative", "example": -2})
    units_written_off = fields.Integer(metadata={"example": 1})


class DaySumsSchema(_SumsSchema):
    """What moved on one day."""

    day = fields.String(metadata={"example": "2026-11-20"})


class SkuSumsSchema(_SumsSchema):
    """What moved of one SKU."""

    sku_id = Id()
    product_id = Id(allow_none=True, metadata={"description": "null: of no product", "example": "41503612345679871"})
    sku_code = fields.String(metadata={"example": "FRUIT-001-1"})
    title = fields.String(metadata={"example": "烟台红富士苹果"})


class ProductSumsSchema(_SumsSchema):
    """What moved of all SKUs of a product."""

    product_id = Id()
    title = fields.String(metadata={"description": "Of one of its SKUs", "example": "烟台红富士苹果 规格:500g"})
    skus = fields.Integer(metadata={"description": "How many of them moved", "example": 3})


class OperatorSumsSchema(_SumsSchema, SignedSchema):
    """What somebody moved."""

    operator = fields.String(metadata={"example": "staff:41503612345679872"})
    operator_name = name_field()
    movements = fields.Integer(metadata={"example": 31})


class DaysSchema(OutputSchema):
    """Days on which anything moved."""

    items = fields.List(fields.Nested(DaySumsSchema))


class SkusSchema(OutputSchema):
    """The 100 SKUs of which most left."""

    items = fields.List(fields.Nested(SkuSumsSchema))


class ProductsSchema(OutputSchema):
    """The 100 products of which most left."""

    items = fields.List(fields.Nested(ProductSumsSchema))


class OperatorsSchema(OutputSchema):
    """The 100 who moved goods most often."""

    items = Rows(OperatorSumsSchema)


class TurnoverSchema(OutputSchema):
    """How often the stock went."""

    opening = fields.Integer(metadata={"description": "Units before the first day", "example": 100})
    closing = fields.Integer(metadata={"description": "Units after the last day", "example": 120})
    left = fields.Integer(metadata={"description": "Units shipped and issued", "example": 330})
    days = fields.Integer(metadata={"example": 30})
    turns_percent = fields.Integer(
        allow_none=True, metadata={"description": "100: the average stock went once", "example": 300}
    )
    days_on_hand = fields.Integer(
        allow_none=True, metadata={"description": "How long what is there would last", "example": 10}
    )


class LocationValueSchema(OutputSchema):
    """What the goods at a location have cost."""

    location_id = Id(metadata={"example": "1"})
    code = fields.String(metadata={"example": "MAIN"})
    units = fields.Integer(metadata={"example": 1200})
    value_fen = fields.Integer(metadata={"example": 420000})


class ValueSchema(OutputSchema):
    """Every location that ever had goods."""

    items = fields.List(fields.Nested(LocationValueSchema))


class SkuCostSchema(OutputSchema):
    """What the units of a SKU have cost."""

    sku_id = Id()
    sku_code = fields.String(metadata={"example": "FRUIT-001-1"})
    title = fields.String(metadata={"example": "烟台红富士苹果"})
    on_hand = fields.Integer(metadata={"example": 120})
    value_fen = fields.Integer(metadata={"description": "Exact", "example": 42000})
    average_cost_fen = fields.Function(
        lambda row: row.value_fen // row.on_hand,
        metadata={"type": "integer", "description": "value_fen / on_hand, rounded down", "example": 350},
    )


class DeadStockSchema(OutputSchema):
    """Units of which nothing has left for long."""

    sku_id = Id()
    sku_code = fields.String(metadata={"example": "FRUIT-001-1"})
    title = fields.String(metadata={"example": "烟台红富士苹果"})
    on_hand = fields.Integer(metadata={"example": 120})
    idle_since = Timestamp()

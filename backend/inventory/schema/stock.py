"""Shapes of stock levels, batches, promises, movements and receipts."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, validate

from backend.inventory.domain.ledger import MovementKind
from backend.inventory.domain.reservation import ReservationState
from backend.inventory.domain.stock import DEFAULT_LOCATION, MAX_QUANTITY
from backend.inventory.schema.moment import Day, Moment
from backend.inventory.service.places import Thresholds
from backend.inventory.service.query import MovementFilter
from kit.api.error import language
from kit.schema.base import InputSchema, OutputSchema
from kit.schema.edit import FactsSchema, version_field
from kit.schema.fields import CODE_SIGNS, CodeLine, Count, Id, Line, Timestamp
from kit.schema.page import PageArguments
from kit.schema.signed import SignedSchema, name_field

_OPERATOR = "staff:41503612345679872"
_PRODUCT_ID = {"description": "null: of no product", "example": "41503612345679871"}
_KIND_NAME = {"type": "string", "description": "zh or en by Accept-Language", "example": "入库"}


def _sku_code() -> CodeLine:
    return CodeLine(64, load_default=None, metadata={"description": "Exactly this SKU code", "example": "FRUIT-001-1"})


class StockArguments(PageArguments):
    """Filters of the stock list."""

    sku_code = _sku_code()
    product_id = Id(load_default=None, metadata={"description": "SKUs of this product"})
    location_id = Id(
        load_default=DEFAULT_LOCATION, metadata={"description": "1 is the default location", "example": "1"}
    )
    low = fields.Boolean(load_default=None, metadata={"description": "true: at or below the minimum", "example": True})
    over = fields.Boolean(load_default=None, metadata={"description": "true: above the maximum", "example": True})
    shelf = Line(40, load_default=None, metadata={"description": "Exactly this shelf", "example": "A-03-2"})


class MovementArguments(PageArguments):
    """Filters of the movement log."""

    product_id = Id(load_default=None, metadata={"description": "All SKUs of this product"})
    sku_id = fields.List(
        Id(),
        load_default=None,
        validate=validate.Length(1, 100),
        metadata={"description": "Up to 100 SKUs: repeat the parameter", "example": ["41503612345679872"]},
    )
    sku_code = _sku_code()
    location_id = Id(load_default=None, metadata={"example": "1"})
    kind = fields.List(
        fields.Enum(MovementKind, by_value=True),
        load_default=None,
        metadata={
            "description": "Action types (GET …/movements/kinds): repeat the parameter for several",
            "example": ["receive"],
        },
    )
    reference = CodeLine(
        64,
        load_default=None,
        metadata={"description": "A document, an order, a hold", "example": "order:2611200830004821567890"},
    )
    operator = CodeLine(
        40, load_default=None, metadata={"description": "staff:…, member:… or system:…", "example": _OPERATOR}
    )
    since = Moment(load_default=None, metadata={"example": "2026-11-01T00:00:00+08:00"})
    until = Moment(load_default=None, metadata={"description": "Not included", "example": "2026-11-20T00:00:00+08:00"})

    @post_load
    def make_filter(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        where = MovementFilter(
            product_id=data.pop("product_id"),
            sku_ids=data.pop("sku_id"),
            sku_code=data.pop("sku_code"),
            location_id=data.pop("location_id"),
            kinds=data.pop("kind"),
            reference=data.pop("reference"),
            operator=data.pop("operator"),
            since=data.pop("since"),
            until=data.pop("until"),
        )
        return data | {"where": where}


class BatchArguments(PageArguments):
    """Filters of the batch list."""

    location_id = Id(
        load_default=DEFAULT_LOCATION, metadata={"description": "1 is the default location", "example": "1"}
    )
    sku_id = Id(load_default=None)
    sku_code = _sku_code()
    expires_until = Day(
        load_default=None, metadata={"description": "Expire on this day or before", "example": "2026-12-31"}
    )


class PromiseArguments(PageArguments):
    """Filters of the list of promises."""

    sku_id = Id(load_default=None)
    reference = CodeLine(
        64, load_default=None, metadata={"description": "An order or a hold", "example": "hold:41503612345679872"}
    )
    state = fields.Enum(ReservationState, by_value=True, load_default=ReservationState.OPEN)


class StockLevelSchema(OutputSchema):
    """One stock row."""

    sku_id = Id()
    location_id = Id(metadata={"example": "1"})
    sku_code = fields.String(metadata={"example": "FRUIT-001-1"})
    title = fields.String(metadata={"example": "烟台红富士苹果"})
    product_id = Id(allow_none=True, metadata=_PRODUCT_ID)
    on_hand = fields.Integer(metadata={"example": 120})
    reserved = fields.Integer(metadata={"example": 2})
    expired = fields.Integer(metadata={"description": "On hand, past its date", "example": 0})
    available = fields.Integer(
        metadata={"description": "on_hand - reserved - expired; below 0 when promised goods expired", "example": 118}
    )
    minimum = fields.Integer(allow_none=True, metadata={"example": 10})
    maximum = fields.Integer(allow_none=True, metadata={"example": 500})
    low = fields.Boolean(metadata={"example": False})
    over = fields.Boolean(metadata={"example": False})
    shelf = fields.String(metadata={"example": "A-03-2"})
    tracked = fields.Boolean(metadata={"description": "Batches are tracked", "example": False})
    version = fields.Integer(metadata={"description": "Of minimum, maximum and shelf", "example": 3})
    updated_at = Timestamp()


class SkuStockRowSchema(StockLevelSchema):
    """The stock of a SKU at one location."""

    location_code = fields.String(metadata={"example": "MAIN"})
    sellable = fields.Boolean(metadata={"description": "Orders may take from here", "example": True})


class SkuStockSchema(OutputSchema):
    """The stock of a SKU everywhere."""

    items = fields.List(fields.Nested(SkuStockRowSchema))


class ThresholdsSchema(FactsSchema):
    """Where the SKU stands and how much of it there should be."""

    facts = Thresholds
    minimum = Count(0, MAX_QUANTITY, required=True, allow_none=True, metadata={"example": 10})
    maximum = Count(0, MAX_QUANTITY, required=True, allow_none=True, metadata={"example": 500})
    shelf = Line(40, min_length=0, required=True, metadata={"example": "A-03-2"})
    version = version_field(lowest=0)


class TrackingSchema(InputSchema):
    """Whether batches of a SKU are tracked."""

    tracked = fields.Boolean(required=True, truthy={True}, falsy={False}, metadata={"example": True})


class BatchSchema(OutputSchema):
    """A batch with something left."""

    id = Id()
    sku_id = Id()
    sku_code = fields.String(metadata={"example": "MILK-001-1"})
    title = fields.String(metadata={"example": "鲜牛奶 1L"})
    location_id = Id(metadata={"example": "1"})
    batch_no = fields.String(metadata={"example": "B20261101"})
    produced_on = fields.Date(allow_none=True, metadata={"example": "2026-11-01"})
    expires_on = fields.Date(metadata={"description": "The last day it may be sold", "example": "2026-12-31"})
    on_hand = fields.Integer(metadata={"example": 24})
    expired = fields.Boolean(metadata={"example": False})


class PromiseSchema(OutputSchema):
    """Units of a SKU promised to an order or a hold."""

    id = Id()
    reference = fields.String(metadata={"example": "order:2611200830004821567890"})
    sku_id = Id()
    location_id = Id(metadata={"example": "1"})
    quantity = fields.Integer(metadata={"example": 2})
    returned = fields.Integer(metadata={"description": "Came back after they were deducted", "example": 0})
    state = fields.Enum(ReservationState, by_value=True)
    reason = fields.String(metadata={"example": "order placed"})
    expires_at = Timestamp(allow_none=True)
    created_at = Timestamp()
    ended_at = Timestamp(allow_none=True)


def kind_name(kind: MovementKind) -> str:
    """What `kind` is called in the caller's language."""
    return kind.said(language())


class MovementKindSchema(OutputSchema):
    """One action type of the movement log."""

    kind = fields.Function(lambda kind: kind.value, metadata={"type": "string", "example": "receive"})
    name = fields.Function(kind_name, metadata=_KIND_NAME)


class MovementKindsSchema(OutputSchema):
    """All of them, in the order of an item's life."""

    items = fields.List(fields.Nested(MovementKindSchema))


class MovementSchema(SignedSchema):
    """One row of the ledger."""

    id = Id()
    sku_id = Id()
    sku_code = fields.String(metadata={"example": "FRUIT-001-1"})
    title = fields.String(metadata={"example": "烟台红富士苹果 规格:500g"})
    product_id = Id(allow_none=True, metadata=_PRODUCT_ID)
    location_id = Id(metadata={"example": "1"})
    kind = fields.String(metadata={"enum": [kind.value for kind in MovementKind]})
    kind_name = fields.Function(lambda row: kind_name(row["kind"]), metadata=_KIND_NAME)
    on_hand_before = fields.Integer(metadata={"example": 100})
    on_hand_delta = fields.Integer(metadata={"example": 20})
    on_hand_after = fields.Integer(metadata={"example": 120})
    reserved_before = fields.Integer(metadata={"example": 2})
    reserved_delta = fields.Integer(metadata={"example": 0})
    reserved_after = fields.Integer(metadata={"example": 2})
    reference = fields.String(metadata={"example": "receipt:DN-20261120-01"})
    line = fields.Integer(metadata={"description": "Line of the document", "example": 1})
    reason = fields.String(metadata={"example": "weekly delivery"})
    operator = fields.String(metadata={"example": _OPERATOR})
    operator_name = name_field()
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
        pattern=CODE_SIGNS,
        metadata={"description": "Number of the delivery note; booked once", "example": "DN-20261120-01"},
    )
    reason = Line(200, load_default="receipt", metadata={"example": "weekly delivery"})
    lines = fields.List(fields.Nested(StockReceiptLineSchema), required=True, validate=validate.Length(1, 200))

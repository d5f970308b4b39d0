"""Shapes of documents and what staff write on them."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from backend.inventory.domain.coming_back import ReturnLine
from backend.inventory.domain.document import DocumentKind
from backend.inventory.domain.location import DAMAGED_LOCATION
from backend.inventory.domain.movement import BatchRef
from backend.inventory.domain.paper import Line as PaperLine
from backend.inventory.domain.stock import DEFAULT_LOCATION
from backend.inventory.schema.moment import Day
from kit.domain.words import Words
from kit.schema.base import InputSchema, OutputSchema
from kit.schema.fields import CODE_SIGNS, CodeLine, Count, Fen, Id, Line, Timestamp
from kit.schema.page import PageArguments
from kit.schema.signed import SignedSchema, name_field

_MOST = 1_000_000
_OWN_NUMBER = "paper:"
_CHANGES_NOTHING = Words("不能为 0，请填写增减的数量", "0 changes nothing; send how many more or fewer there are.")
_BATCH_NO = {"description": "Only where batches are tracked", "example": None}


def _batch(data: dict[str, Any]) -> BatchRef | None:
    return BatchRef(data["batch_no"], data.get("produced_on"), data.get("expires_on")) if data["batch_no"] else None


class _LineSchema(InputSchema):
    sku_id = Id(required=True)
    quantity = Count(1, _MOST, required=True, metadata={"example": 20})
    batch_no = CodeLine(40, load_default=None, allow_none=True, metadata=_BATCH_NO)

    @post_load
    def make_line(self, data: dict[str, Any], **_: Any) -> Any:
        return PaperLine(data["sku_id"], data["quantity"], _batch(data), data.get("unit_cost_fen"))


class OutgoingLineSchema(_LineSchema):
    """Units of one SKU that leave; of dated goods the first to expire, or those of `batch_no`."""


class IncomingLineSchema(_LineSchema):
    """Units of one SKU that come in. Dated goods name their batch."""

    produced_on = Day(load_default=None, allow_none=True, metadata={"example": None})
    expires_on = Day(
        load_default=None, allow_none=True, metadata={"description": "The last day it may be sold", "example": None}
    )
    unit_cost_fen = Fen(
        load_default=None,
        allow_none=True,
        metadata={"description": "What one unit has cost; null: the average cost so far", "example": 350},
    )


class _PaperSchema(InputSchema):
    reason = Line(200, required=True, metadata={"example": "weekly delivery"})
    location_id = Id(load_default=DEFAULT_LOCATION, metadata={"example": "1"})
    reference = Line(
        48,
        load_default=None,
        allow_none=True,
        pattern=CODE_SIGNS,
        metadata={
            "description": "The paper's own number, booked once; in the movement log as paper:…",
            "example": None,
        },
    )

    @post_load
    def name_reference(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Apart from orders, holds and documents, whose references are their own."""
        if data["reference"] is not None:
            data["reference"] = f"{_OWN_NUMBER}{data['reference']}"
        return data


class InboundSchema(_PaperSchema):
    """Goods that came in."""

    lines = fields.List(fields.Nested(IncomingLineSchema), required=True, validate=validate.Length(1, 200))


class OutboundSchema(_PaperSchema):
    """Goods that leave."""

    lines = fields.List(fields.Nested(OutgoingLineSchema), required=True, validate=validate.Length(1, 200))


class WriteOffSchema(OutboundSchema):
    """Goods that are broken or lost. Loads into the JSON payload that `WritingOff` takes."""

    @post_load
    def make_payload(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        lines = [
            {
                "sku_id": str(line.sku_id),
                "quantity": line.quantity,
                "batch_no": line.batch.batch_no if line.batch else None,
            }
            for line in data["lines"]
        ]
        return data | {"location_id": str(data["location_id"]), "lines": lines}


class TransferSchema(OutboundSchema):
    """Goods that go from one location to another."""

    to_location_id = Id(required=True, metadata={"example": "2"})


class ExpiredSchema(_PaperSchema):
    """Everything that has expired at a location."""


class _Correction(Count):
    """How many more or fewer; 0 would correct nothing."""

    def _validated(self, value: Any) -> int:
        units = super()._validated(value)
        if units == 0:
            raise ValidationError(_CHANGES_NOTHING)
        return units


class AdjustmentLineSchema(InputSchema):
    """By how much the books of one SKU are wrong: what is there minus what they say."""

    sku_id = Id(required=True)
    quantity = _Correction(
        -_MOST,
        _MOST,
        required=True,
        metadata={"description": "> 0: more is there than the books say", "example": -2},
    )
    batch_no = CodeLine(40, load_default=None, allow_none=True, metadata=_BATCH_NO)
    produced_on = Day(load_default=None, allow_none=True, metadata={"example": None})
    expires_on = Day(load_default=None, allow_none=True, metadata={"example": None})
    unit_cost_fen = Fen(load_default=None, allow_none=True, metadata={"example": None})


class AdjustmentSchema(_PaperSchema):
    """Corrections of the books. Loads into the JSON payload that `Adjusting` takes."""

    lines = fields.List(fields.Nested(AdjustmentLineSchema), required=True, validate=validate.Length(1, 200))

    @post_load
    def make_payload(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        lines = [
            line
            | {
                "sku_id": str(line["sku_id"]),
                "produced_on": line["produced_on"] and line["produced_on"].isoformat(),
                "expires_on": line["expires_on"] and line["expires_on"].isoformat(),
            }
            for line in data["lines"]
        ]
        return data | {"location_id": str(data["location_id"]), "lines": lines}


class ReturnLineSchema(InputSchema):
    """Units of one SKU that really came back."""

    sku_id = Id(required=True)
    quantity = Count(1, _MOST, required=True, metadata={"example": 1})
    damaged = fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"description": "true: it is not sold again", "example": False},
    )
    batch_no = CodeLine(40, load_default=None, allow_none=True, metadata=_BATCH_NO)
    produced_on = Day(load_default=None, allow_none=True, metadata={"example": None})
    expires_on = Day(load_default=None, allow_none=True, metadata={"example": None})

    @post_load
    def make_line(self, data: dict[str, Any], **_: Any) -> ReturnLine:
        return ReturnLine(data["sku_id"], data["quantity"], data["damaged"], _batch(data))


class ReturnSchema(_PaperSchema):
    """Goods of an order that came back."""

    source = CodeLine(
        64,
        required=True,
        metadata={"description": "What they had left with", "example": "order:2611200830004821567890"},
    )
    damaged_location_id = Id(load_default=DAMAGED_LOCATION, metadata={"example": "2"})
    lines = fields.List(fields.Nested(ReturnLineSchema), required=True, validate=validate.Length(1, 200))


class DocumentArguments(PageArguments):
    """Filters of the document list."""

    kind = fields.Enum(DocumentKind, by_value=True, load_default=None)
    operator = CodeLine(
        40, load_default=None, metadata={"description": "staff:… or system:…", "example": "staff:41503612345679872"}
    )
    reference = CodeLine(
        64, load_default=None, metadata={"description": "Exactly this reference", "example": "paper:DN-20261120-01"}
    )
    source = CodeLine(
        64,
        load_default=None,
        metadata={
            "description": "The order of returns, the request of approved corrections and write-offs",
            "example": "order:2611200830004821567890",
        },
    )


class DocumentSchema(SignedSchema):
    """A document."""

    id = Id()
    no = fields.String(metadata={"example": "IN261120083000482156"})
    kind = fields.Enum(DocumentKind, by_value=True)
    location_id = Id(metadata={"example": "1"})
    to_location_id = Id(allow_none=True, metadata={"example": None})
    reference = fields.String(
        metadata={"description": "Of its rows in the movement log", "example": "document:IN261120083000482156"}
    )
    source = fields.String(
        allow_none=True, metadata={"description": "What it answers to: order:…, count:…, approval:…", "example": None}
    )
    reason = fields.String(metadata={"example": "weekly delivery"})
    operator = fields.String(metadata={"example": "staff:41503612345679872"})
    operator_name = name_field()
    created_at = Timestamp()


class DocumentLineSchema(OutputSchema):
    """A line of a document."""

    line = fields.Integer(metadata={"example": 1})
    sku_id = Id()
    sku_code = fields.String(metadata={"example": "FRUIT-001-1"})
    title = fields.String(metadata={"example": "烟台红富士苹果"})
    location_id = Id(metadata={"example": "1"})
    quantity = fields.Integer(metadata={"description": "In > 0, out < 0; of a transfer > 0", "example": 20})
    batch_no = fields.String(allow_none=True, metadata={"example": None})


class DocumentDetailSchema(DocumentSchema):
    """A document with its lines."""

    lines = fields.List(fields.Nested(DocumentLineSchema))

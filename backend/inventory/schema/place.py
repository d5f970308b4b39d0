"""Shapes of locations and holds."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, validate

from backend.inventory.domain.movement import Move
from backend.inventory.schema.moment import Moment
from backend.inventory.service.places import LocationFacts
from kit.schema.base import InputSchema, OutputSchema
from kit.schema.edit import FactsSchema, version_field
from kit.schema.fields import CodeLine, Count, Id, Line, Timestamp


class _LocationFactsSchema(FactsSchema):
    facts = LocationFacts
    apart = ("code",)

    name = Line(60, required=True, metadata={"example": "二号仓 Warehouse 2"})
    sellable = fields.Boolean(
        required=True,
        truthy={True},
        falsy={False},
        metadata={"description": "Orders may take from here", "example": True},
    )
    priority = Count(
        0, 1000, required=True, metadata={"description": "Orders ask the default first, then the lowest", "example": 10}
    )


class NewLocationSchema(_LocationFactsSchema):
    """A new location."""

    code = CodeLine(32, required=True, metadata={"example": "WH2"})


class ChangedLocationSchema(_LocationFactsSchema):
    """A location as it is to be."""

    version = version_field()


class LocationSchema(OutputSchema):
    """A location."""

    id = Id(metadata={"example": "1"})
    code = fields.String(metadata={"example": "MAIN"})
    name = fields.String(metadata={"example": "默认仓 Main"})
    sellable = fields.Boolean(metadata={"example": True})
    priority = fields.Integer(metadata={"example": 0})
    archived_at = Timestamp(allow_none=True)
    version = fields.Integer(metadata={"description": "Name it in a change", "example": 1})


class LocationsSchema(OutputSchema):
    """All locations: there are few."""

    items = fields.List(fields.Nested(LocationSchema))


class HoldLineSchema(InputSchema):
    """Units of one SKU."""

    sku_id = Id(required=True)
    quantity = Count(1, 1_000_000, required=True, metadata={"example": 2})

    @post_load
    def make_move(self, data: dict[str, Any], **_: Any) -> Move:
        return Move(data["sku_id"], data["quantity"])


class HoldSchema(InputSchema):
    """Goods to keep back."""

    reason = Line(200, required=True, metadata={"example": "for Ms Lin, picks up tonight"})
    expires_at = Moment(required=True, metadata={"example": "2026-11-21T18:00:00+08:00"})
    lines = fields.List(fields.Nested(HoldLineSchema), required=True, validate=validate.Length(1, 200))


class HoldReferenceSchema(OutputSchema):
    """The new hold. Its promises are in GET /stock/reservations."""

    reference = fields.String(metadata={"example": "hold:41503612345679872"})
    id = Id()

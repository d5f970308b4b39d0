"""Shapes of count sheets."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from backend.inventory.domain.count import CountState
from backend.inventory.domain.stock import DEFAULT_LOCATION, MAX_QUANTITY
from backend.inventory.service.counting import MOST_LINES
from kit.domain.words import Words
from kit.schema.base import InputSchema, OutputSchema
from kit.schema.fields import Count, Id, Line, Timestamp
from kit.schema.page import PageArguments

_REPEATED = Words("有重复，每行只能出现一次", "Some lines are there twice; send each only once.")


class NewCountSchema(InputSchema):
    """What is to be counted: some SKUs, a shelf, or without either all of the location; at most 2,000 lines."""

    location_id = Id(load_default=DEFAULT_LOCATION, metadata={"example": "1"})
    sku_ids = fields.List(
        Id(),
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, MOST_LINES),
        metadata={"description": "null: all of the shelf, or of the location", "example": ["41503612345679872"]},
    )
    shelf = Line(
        40,
        load_default=None,
        allow_none=True,
        metadata={"description": "Exactly this shelf, such as A-03-2", "example": None},
    )
    reason = Line(200, required=True, metadata={"example": "monthly stock-take"})


class CountFigureSchema(InputSchema):
    """What somebody counted."""

    line = Count(1, MOST_LINES, required=True, metadata={"example": 1})
    counted = Count(0, MAX_QUANTITY, required=True, metadata={"example": 118})


class CountFiguresSchema(InputSchema):
    """Figures of some lines of a sheet. Sent again, they replace what was sent before."""

    lines = fields.List(fields.Nested(CountFigureSchema), required=True, validate=validate.Length(1, 200))

    @validates_schema
    def once(self, data: dict[str, Any], **_: Any) -> None:
        numbers = [line["line"] for line in data.get("lines", [])]
        if len(set(numbers)) < len(numbers):
            raise ValidationError(_REPEATED, "lines")

    @post_load
    def make_figures(self, data: dict[str, Any], **_: Any) -> dict[int, int]:
        return {line["line"]: line["counted"] for line in data["lines"]}


class PostingSchema(InputSchema):
    """How to post."""

    skip_uncounted = fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"description": "true: lines nobody counted stay as the books say", "example": False},
    )


class CountArguments(PageArguments):
    """Filters of the sheets."""

    state = fields.Enum(CountState, by_value=True, load_default=None)


class CountLineArguments(PageArguments):
    """Filters of the lines of a sheet."""

    differing = fields.Boolean(load_default=False, metadata={"description": "true: only where the figures differ"})


class CountSchema(OutputSchema):
    """A count sheet."""

    id = Id()
    no = fields.String(metadata={"example": "CNT261120083000482156"})
    location_id = Id(metadata={"example": "1"})
    state = fields.Enum(CountState, by_value=True)
    reason = fields.String(metadata={"example": "monthly stock-take"})
    operator = fields.String(metadata={"example": "staff:41503612345679872"})
    created_at = Timestamp()
    ended_at = Timestamp(allow_none=True)
    ended_by = fields.String(allow_none=True, metadata={"example": None})


class CountLineSchema(OutputSchema):
    """A line of a sheet."""

    line = fields.Integer(metadata={"example": 1})
    sku_id = Id()
    sku_code = fields.String(metadata={"example": "FRUIT-001-1"})
    title = fields.String(metadata={"example": "烟台红富士苹果"})
    batch_no = fields.String(allow_none=True, metadata={"example": None})
    book = fields.Integer(metadata={"description": "What the books said when the sheet was made", "example": 120})
    counted = fields.Integer(allow_none=True, metadata={"example": 118})
    book_at_count = fields.Integer(
        allow_none=True, metadata={"description": "What they said when the figure was entered", "example": 120}
    )
    difference = fields.Integer(
        allow_none=True, metadata={"description": "counted - book_at_count: what posting corrects", "example": -2}
    )
    counted_at = Timestamp(allow_none=True)
    counted_by = fields.String(allow_none=True, metadata={"example": "staff:41503612345679872"})

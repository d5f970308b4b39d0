"""Shapes of the staff's routes of the home page."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, validate

from backend.catalog.domain.home import MAX_SLOTS, HomeSection, LinkTarget, SlotFacts
from backend.catalog.schema.shown import Stored, shown_at
from backend.catalog.schema.version import version_field
from kit.schema.base import InputSchema, OutputSchema
from kit.schema.fields import Count, Id, Line, Moment, Timestamp, pattern
from kit.schema.page import PageArguments
from kit.schema.picture import Picture

_PAGE = {"description": "Path in the mini-program, exactly for target page", "example": ""}
_PATH = pattern(
    r"^[A-Za-z0-9_\-./?=&%]*$", "不是小程序页面路径，例如 pages/sale/index", "Not a path such as pages/sale/index."
)


def _section(**options: Any) -> fields.Enum[HomeSection]:
    return fields.Enum(HomeSection, by_value=True, **options)


class SlotArguments(PageArguments):
    """Query string of the places."""

    section = _section(required=True)


class NewSlotSchema(InputSchema):
    """A place in a section. A banner needs a picture; hot, newest and recommended hold products."""

    section = _section(required=True, metadata={"example": "banners"})
    position = Count(
        0, 1_000_000, load_default=0, metadata={"description": "Smaller stands further in front", "example": 1}
    )
    title = Line(60, min_length=0, load_default="", metadata={"example": "双十二"})
    image = Picture(empty=True, load_default="")
    target = fields.Enum(LinkTarget, by_value=True, required=True, metadata={"example": "product"})
    target_id = Id(
        load_default=None, allow_none=True, metadata={"description": "Exactly for target product and category"}
    )
    page = Line(300, min_length=0, pattern=_PATH, load_default="", metadata=_PAGE)
    shown_from = Moment(load_default=None, allow_none=True, metadata={"description": "null: from now on"})
    shown_until = Moment(
        load_default=None,
        allow_none=True,
        metadata={"description": "null: for ever", "example": "2026-12-13T00:00:00+08:00"},
    )

    @post_load
    def make_facts(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        seen = {"version": data.pop("version")} if "version" in data else {}
        return seen | {"facts": SlotFacts(**data)}


class EditedSlotSchema(NewSlotSchema):
    """The whole place as it is to be."""

    version = version_field(required=True)


class SlotOrderSchema(InputSchema):
    """All places of a section, in the order wanted."""

    section = _section(required=True)
    slot_ids = fields.List(
        Id(), required=True, validate=validate.Length(0, MAX_SLOTS * 2), metadata={"example": ["41503612345679872"]}
    )


class SlotSchema(OutputSchema):
    """A place."""

    id = Id()
    section = _section()
    position = fields.Integer(metadata={"example": 1})
    title = fields.String(metadata={"example": "双十二"})
    image = Stored()
    image_src = shown_at("image")
    target = fields.Enum(LinkTarget, by_value=True)
    target_id = Id(allow_none=True)
    page = fields.String(metadata=_PAGE)
    shown_from = Timestamp(allow_none=True)
    shown_until = Timestamp(allow_none=True)
    version = fields.Integer(metadata={"example": 3})

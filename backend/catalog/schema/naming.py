"""Shapes of the staff's routes of brands, tags and spec templates."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from backend.catalog.domain.brand import BrandFacts
from backend.catalog.domain.spec import MAX_SPEC_NAMES
from backend.catalog.domain.tag import TagFacts
from backend.catalog.domain.template import TemplateFacts
from backend.catalog.schema.product import SPEC_NAME, SPEC_VALUE
from backend.catalog.schema.shown import Stored, shown_at
from backend.catalog.schema.version import version_field
from kit.domain.words import Words
from kit.schema.base import InputSchema, OutputSchema
from kit.schema.fields import Count, Id, Line, Text
from kit.schema.page import PageArguments
from kit.schema.picture import Picture

MAX_SPEC_VALUES = 50
_REPEATED = Words("有重复，每个只能写一次", "Some are there twice; send each only once.")


def _all_differ(texts: list[str]) -> None:
    if len(set(texts)) != len(texts):
        raise ValidationError(_REPEATED)


def _order() -> Count:
    return Count(0, 1_000_000, metadata={"description": "Smaller stands further in front", "example": 10})


class BrandArguments(PageArguments):
    """Query string of the brands."""

    name = Line(60, load_default=None, metadata={"description": "The brand of this name", "example": "果然鲜"})


class NewBrandSchema(InputSchema):
    """What staff say about a brand; in an edit, what is left out stays as it is."""

    name = Line(60, required=True, metadata={"example": "果然鲜"})
    logo = Picture(empty=True)
    description = Text(1000, metadata={"example": "产地直供的时令水果"})
    sort_order = _order()

    @post_load
    def make_facts(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        seen = {"version": data.pop("version")} if "version" in data else {}
        return seen | {"facts": BrandFacts(**data)}


class EditedBrandSchema(NewBrandSchema):
    """A brand as it is to be."""

    version = version_field(required=True)


class BrandSchema(OutputSchema):
    """A brand."""

    id = Id()
    name = fields.String(metadata={"example": "果然鲜"})
    logo = Stored()
    logo_src = shown_at("logo")
    description = fields.String(metadata={"example": "产地直供的时令水果"})
    sort_order = fields.Integer(metadata={"example": 10})
    version = fields.Integer(metadata={"example": 3})


class TagArguments(PageArguments):
    """Query string of the tags."""

    name = Line(30, load_default=None, metadata={"description": "The tag of this name", "example": "当季"})


class NewTagSchema(InputSchema):
    """What staff say about a tag; in an edit, what is left out stays as it is."""

    name = Line(30, required=True, metadata={"example": "当季"})
    sort_order = _order()

    @post_load
    def make_facts(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        seen = {"version": data.pop("version")} if "version" in data else {}
        return seen | {"facts": TagFacts(**data)}


class EditedTagSchema(NewTagSchema):
    """A tag as it is to be."""

    version = version_field(required=True)


class TagSchema(OutputSchema):
    """A tag."""

    id = Id()
    name = fields.String(metadata={"example": "当季"})
    sort_order = fields.Integer(metadata={"example": 10})
    version = fields.Integer(metadata={"example": 3})


class SpecChoicesSchema(InputSchema):
    """A spec name with the values it may have. ``;`` and ``:`` are how specs are written in spreadsheets."""

    name = Line(20, pattern=SPEC_NAME, required=True, metadata={"example": "规格"})
    values = fields.List(
        Line(60, pattern=SPEC_VALUE),
        required=True,
        validate=validate.And(validate.Length(1, MAX_SPEC_VALUES), _all_differ),
        metadata={"example": ["500g", "1kg"]},
    )


def spec_choices(**options: Any) -> fields.List[Any]:
    """Spec names, each once, with their values."""
    return fields.List(
        fields.Nested(SpecChoicesSchema),
        validate=validate.And(
            validate.Length(1, MAX_SPEC_NAMES), lambda choices: _all_differ([choice["name"] for choice in choices])
        ),
        **options,
    )


class TemplateArguments(PageArguments):
    """Query string of the spec templates."""

    category_id = Id(load_default=None, metadata={"description": "This very category"})


class NewTemplateSchema(InputSchema):
    """What staff say about a spec template."""

    category_id = Id(required=True)
    name = Line(50, required=True, metadata={"example": "水果规格"})
    specs = spec_choices(required=True)

    @post_load
    def make_facts(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        seen = {"version": data.pop("version")} if "version" in data else {}
        return seen | {"facts": TemplateFacts(**data)}


class EditedTemplateSchema(NewTemplateSchema):
    """A spec template as it is to be."""

    version = version_field(required=True)


class SpecNameValuesSchema(OutputSchema):
    """A spec name with the values it may have."""

    name = fields.String(metadata={"example": "规格"})
    values = fields.List(fields.String(), metadata={"example": ["500g", "1kg"]})


class TemplateSchema(OutputSchema):
    """A spec template."""

    id = Id()
    category_id = Id()
    name = fields.String(metadata={"example": "水果规格"})
    specs = fields.List(fields.Nested(SpecNameValuesSchema))
    version = fields.Integer(metadata={"example": 3})

"""Shapes of the staff's category routes."""

from __future__ import annotations

from marshmallow import fields

from backend.catalog.domain.tree import CategoryFacts
from backend.catalog.schema.shown import Stored, shown_at
from kit.schema.base import OutputSchema
from kit.schema.edit import FactsSchema, version_field
from kit.schema.fields import Count, Id, Line, Timestamp, pattern
from kit.schema.picture import Picture

_NAME = pattern(r"^[^/]+$", "不能有 /", "No slashes are allowed.")


class CategoryFactsSchema(FactsSchema):
    """What staff say about a category."""

    facts = CategoryFacts
    name = Line(50, pattern=_NAME, required=True, metadata={"example": "新鲜水果"})
    parent_id = Id(load_default=None, allow_none=True, metadata={"description": "null: a root", "example": None})
    sort_order = Count(0, 1_000_000, load_default=0)
    image_url = Picture(empty=True, load_default="")
    shown = fields.Boolean(
        metadata={
            "description": "false: not in the tree and not on the home page, with all below; products stay on sale and "
            "can be found. Left out of an edit: stays"
        }
    )


class EditedCategorySchema(CategoryFactsSchema):
    """A category as it is to be."""

    version = version_field()


class CategoryIdSchema(OutputSchema):
    """The new category."""

    id = Id()


class StaffCategorySchema(OutputSchema):
    """A category as staff see it."""

    id = Id()
    parent_id = Id(allow_none=True)
    name = fields.String(metadata={"example": "新鲜水果"})
    sort_order = fields.Integer(metadata={"example": 10})
    image_url = Stored()
    image_src = shown_at("image_url")
    shown = fields.Boolean(
        metadata={
            "description": "false: not in the tree and not on the home page, with all below; products stay on sale"
        }
    )
    version = fields.Integer(metadata={"example": 3})
    archived_at = Timestamp(allow_none=True)
    children = fields.List(fields.Nested("StaffCategorySchema"))


class StaffCategoryTreeSchema(OutputSchema):
    """The tree, archived categories included."""

    items = fields.List(fields.Nested(StaffCategorySchema))

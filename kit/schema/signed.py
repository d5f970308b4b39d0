"""Answers that say who did something: beside the actor (``staff:42``) stands what people call them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import fields, pre_dump

from kit.schema.base import OutputSchema
from kit.security.subject import subject_source

_NAME = {"description": "null: the program itself, or a customer", "example": "王经理"}


def name_field() -> fields.String:
    """What somebody is called; null for whoever is no member of staff."""
    return fields.String(allow_none=True, metadata=dict(_NAME))


class SignedSchema(OutputSchema):
    """For each of `signed_by` its ``…_name``, which the schema declares by `name_field`.

    Dumps mappings and rows as SQL gives them; its own fields are handed mappings. One look-up for a whole list, where
    the list is `Rows`. A colleague's name on what one may read is no secret: it takes no further permission.
    """

    signed_by: ClassVar[tuple[str, ...]] = ("operator",)

    @pre_dump(pass_collection=True)
    def add_names(self, data: Any, *, many: bool, **_: Any) -> Any:
        rows = [dict(row if isinstance(row, Mapping) else row._mapping) for row in (data if many else [data])]
        known = subject_source().names({row[name] for row in rows for name in self.signed_by if row[name]})
        signed = [row | {f"{name}_name": known.get(row[name]) for name in self.signed_by} for row in rows]
        return signed if many else signed[0]

"""Lists: `limit` and `cursor` in, `items` and `next_cursor` out."""

from __future__ import annotations

from marshmallow import Schema, fields, post_load, validate

from kit.repository.page import MAX_LIMIT, PageRequest
from kit.schema.base import InputSchema, OutputSchema
from kit.schema.fields import QueryCount, Rows

CURSOR = "WzQxNTAzNjEyMzQ1Njc5ODcyXQ"  # as lists give it out: the id of the last row


class PageArguments(InputSchema):
    """Query string of a list. `page` in the loaded data is a `PageRequest`."""

    limit = QueryCount(1, MAX_LIMIT, load_default=20, metadata={"description": "Rows per page"})
    cursor = fields.String(
        load_default=None,
        validate=validate.Length(1, 200),
        metadata={"description": "next_cursor of the page before", "example": CURSOR},
    )

    @post_load
    def make_page(self, data: dict[str, object], **_: object) -> dict[str, object]:
        limit, cursor = data.pop("limit"), data.pop("cursor")
        return {**data, "page": PageRequest(limit, cursor)}  # type: ignore[arg-type]  # load_default has made them what PageRequest takes


def page_of(item: type[Schema]) -> type[Schema]:
    """The answer schema of a list of `item`."""
    name = item.__name__.removesuffix("Schema") + "PageSchema"
    members = {
        "items": Rows(item),
        "next_cursor": fields.String(
            allow_none=True, metadata={"description": "null on the last page", "example": CURSOR}
        ),
    }
    return type(name, (OutputSchema,), members)

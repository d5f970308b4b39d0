"""What an edit says of itself, beside what the thing is to be: the version it is based on, and why it is wanted."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar

from marshmallow import Schema, post_load

from kit.schema.base import InputSchema
from kit.schema.fields import Count, Line, QueryCount

MAX_REASON = 200
_HIGHEST = 2**31 - 1
_SEEN = {"description": "The version you have seen; 409 with both versions when it has changed since", "example": 3}
_WHY = "For whoever has to agree, if the change has to wait; kept with the request"


def version_field(*, lowest: int = 1) -> Count:
    """For bodies. 0 where a thing has a version before anybody has said anything about it."""
    return Count(lowest, _HIGHEST, required=True, metadata=dict(_SEEN))


class VersionArguments(InputSchema):
    """Query string of what changes something without a body."""

    version = QueryCount(1, _HIGHEST, required=True, metadata=dict(_SEEN))


def beside(data: dict[str, Any], *more: str) -> dict[str, Any]:
    """Take out of loaded `data` what the edit says of itself, and what `more` names."""
    return {name: data.pop(name) for name in ("version", "reason", *more) if name in data}


class FactsSchema(InputSchema):
    """Loads ``{"facts": facts(**what it is to be)}``, and beside it `version`, `reason` and what `apart` names."""

    facts: ClassVar[Callable[..., Any]]
    apart: ClassVar[tuple[str, ...]] = ()

    @post_load
    def make_facts(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        aside = beside(data, *self.apart)
        return aside | {"facts": type(self).facts(**data)}


@cache
def with_reason(schema: type[Schema]) -> type[Schema]:
    """`schema` of a change that may have to wait, with a `reason`; one that asks for its own stays as it is.

    The same class for the same schema: a document has one component of a name.
    """
    if "reason" in schema._declared_fields:
        return schema
    reason = Line(MAX_REASON, min_length=0, load_default="", metadata={"description": _WHY, "example": "已与店长核对"})
    return type(schema.__name__, (schema,), {"__doc__": schema.__doc__, "reason": reason})

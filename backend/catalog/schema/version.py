"""The version that an edit is based on."""

from __future__ import annotations

from typing import Any

from kit.schema.base import InputSchema
from kit.schema.fields import Count, QueryCount

_HIGHEST = 2_147_483_647
_SEEN = {"description": "The version you have seen; 409 with both versions when it has changed since", "example": 3}


def version_field(**options: Any) -> Count:
    """For bodies."""
    return Count(1, _HIGHEST, metadata=dict(_SEEN), **options)


class VersionArguments(InputSchema):
    """Query string of what changes something without a body."""

    version = QueryCount(1, _HIGHEST, load_default=None, metadata=dict(_SEEN))


class RequiredVersionArguments(InputSchema):
    """As above, and it must be said."""

    version = QueryCount(1, _HIGHEST, required=True, metadata=dict(_SEEN))

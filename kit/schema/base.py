"""Input refuses what it does not know; output writes what it is given."""

from __future__ import annotations

from marshmallow import EXCLUDE, RAISE, Schema

from kit.schema.wording import NO_OBJECT, UNKNOWN


class InputSchema(Schema):
    """Base of request bodies and query strings: an unknown field is an error, never silently dropped."""

    error_messages = {"unknown": UNKNOWN, "type": NO_OBJECT}

    class Meta:
        unknown = RAISE


class OutputSchema(Schema):
    """Base of answers."""

    class Meta:
        unknown = EXCLUDE

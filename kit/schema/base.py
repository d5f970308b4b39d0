"""Input refuses what it does not know; output writes what it is given."""

from __future__ import annotations

from marshmallow import EXCLUDE, RAISE, Schema


class InputSchema(Schema):
    """Base of request bodies and query strings: an unknown field is an error, never silently dropped."""

    class Meta:
        unknown = RAISE


class OutputSchema(Schema):
    """Base of answers."""

    class Meta:
        unknown = EXCLUDE

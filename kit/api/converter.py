"""URL converters: ids in paths are 63-bit."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter


class IdConverter(IntegerConverter):
    """``<id:product_id>``: digits. What no id can be becomes 0, which nothing has: 404 by every method alike.

    A ValidationError here would make Werkzeug answer 405 where several methods share a path.
    """

    regex = r"[0-9]{1,40}"

    def to_python(self, value: str) -> int:
        number = int(value)
        return number if number < 2**63 else 0


def init_converters(app: Flask) -> None:
    """Register the converters."""
    app.url_map.converters["id"] = IdConverter

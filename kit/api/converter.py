"""URL converters: ids in paths are 63-bit; anything else is 404 before it reaches a view."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter


class IdConverter(IntegerConverter):
    """``<id:product_id>``: 1 to 2^63 - 1, no leading zeros needed, documented as a string of digits."""

    regex = r"\d{1,19}"

    def __init__(self, map: object) -> None:
        super().__init__(map, min=1, max=2**63 - 1)  # type: ignore[arg-type]


def init_converters(app: Flask) -> None:
    """Register the converters."""
    app.url_map.converters["id"] = IdConverter

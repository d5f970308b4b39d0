"""An address that may be left empty."""

from __future__ import annotations

from typing import Any

from kit.schema.fields import HttpUrl


class OptionalUrl(HttpUrl):
    """An http(s) address, or ``""``: what the staff's GET shows can be sent back as it is."""

    def _validate(self, value: Any) -> None:
        if value != "":
            super()._validate(value)

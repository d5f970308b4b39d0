"""Pictures as staff see them: what is stored, which can be sent back, and beside it where it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from backend.media import facade as media

_EXAMPLE = "media:5f0c1f0e9a7b4c3d2e1f0a9b8c7d6e5f.jpg"
_ADDRESS = "https://shop.example.cn/media/5f0c1f0e9a7b4c3d2e1f0a9b8c7d6e5f.jpg"


class Stored(fields.String):
    """An address, or the reference of an uploaded file, as it was sent."""

    def __init__(self, **kwargs: Any) -> None:
        meaning = {"description": "As it was sent: an address or a reference", "example": _EXAMPLE}
        super().__init__(metadata=meaning, **kwargs)


def shown_at(name: str, *, many: bool = False, allow_none: bool = False) -> fields.Function:
    """The address, or addresses, of what the row keeps under `name`."""

    def address(row: Any) -> Any:
        stored = row[name] if isinstance(row, Mapping) else getattr(row, name)
        if many:
            return [media.url(text) for text in stored]
        return None if stored is None else media.url(stored)

    one = {"type": "string", "description": f"Where `{name}` is shown", "example": _ADDRESS}
    listed = {"type": "array", "items": {"type": "string"}, "description": one["description"], "example": [_ADDRESS]}
    metadata: dict[str, Any] = listed if many else one | ({"nullable": True} if allow_none else {})
    return fields.Function(address, metadata=metadata)

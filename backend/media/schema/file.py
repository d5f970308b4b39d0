"""Shapes of uploads and files."""

from __future__ import annotations

from typing import Any

from flask_smorest.fields import Upload
from marshmallow import fields

from backend.media.domain.file import MediaKind
from backend.media.domain.form import VARIANTS
from backend.media.wiring import services
from kit.schema.base import InputSchema
from kit.schema.fields import Id, Timestamp
from kit.schema.page import PageArguments
from kit.schema.picture import REFERENCE
from kit.schema.signed import SignedSchema, name_field

_KEY = "5f0c1f0e9a7b4c3d2e1f0a9b8c7d6e5f.jpg"


class UploadSchema(InputSchema):
    """One file."""

    file = Upload(
        required=True,
        metadata={"description": "JPEG, PNG, WebP, still GIF, or MP4", "example": "apple.jpg"},
    )


class MediaArguments(PageArguments):
    """Filters of the list of files."""

    kind = fields.Enum(MediaKind, by_value=True, load_default=None)
    unused = fields.Boolean(load_default=None, metadata={"description": "true: what nobody uses"})


def _reference(row: Any) -> str:
    return f"{REFERENCE}{row['key']}"


def _url(row: Any) -> str:
    return services().addresses.url(_reference(row))


def _variant_urls(row: Any) -> dict[str, str]:
    if row["kind"] is not MediaKind.IMAGE:
        return {}
    return {name: services().addresses.url(_reference(row), variant=name) for name in VARIANTS}


class MediaFileSchema(SignedSchema):
    """A file."""

    signed_by = ("uploaded_by",)

    id = Id()
    key = fields.String(metadata={"example": _KEY})
    reference = fields.Function(
        _reference,
        metadata={
            "type": "string",
            "description": "What is put where a picture or video is asked for",
            "example": f"{REFERENCE}{_KEY}",
        },
    )
    url = fields.Function(_url, metadata={"type": "string", "example": f"https://shop.example.cn/media/{_KEY}"})
    variant_urls = fields.Function(
        _variant_urls,
        metadata={
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "Smaller sizes by name; they show the file itself until they are made",
            "example": {size: f"https://shop.example.cn/media/{_KEY}/{size}" for size in ("w200", "w400", "w800")},
        },
    )
    kind = fields.Enum(MediaKind, by_value=True)
    mimetype = fields.String(metadata={"example": "image/jpeg"})
    bytes = fields.Integer(metadata={"description": "As stored", "example": 182304})
    width = fields.Integer(metadata={"example": 1200})
    height = fields.Integer(metadata={"example": 800})
    duration_ms = fields.Integer(allow_none=True, metadata={"description": "Of a video", "example": None})
    sha256 = fields.String(
        metadata={
            "description": "Of the stored bytes",
            "example": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        }
    )
    filename = fields.String(metadata={"description": "As it was uploaded", "example": "apple.jpg"})
    uploaded_by = fields.String(metadata={"example": "staff:41503612345679872"})
    uploaded_by_name = name_field()
    variants = fields.List(
        fields.String(), metadata={"description": "Those that are made", "example": ["w200", "w400", "w800"]}
    )
    uses = fields.Integer(metadata={"description": "How many use it", "example": 1})
    created_at = Timestamp()


class MediaFileDetailSchema(MediaFileSchema):
    """A file, and who uses it."""

    users = fields.List(
        fields.String(),
        metadata={"description": "At most 20; `uses` counts all", "example": ["product:41503612345679872"]},
    )

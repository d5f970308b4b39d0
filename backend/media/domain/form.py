"""What forms a stored file can have: its extension tells its type, so that serving it asks no database."""

from __future__ import annotations

from dataclasses import dataclass

from backend.media.domain.file import MediaKind


@dataclass(frozen=True, kw_only=True)
class Form:
    """`pillow` is the name of the format there; None for what is stored as it came."""

    extension: str
    kind: MediaKind
    mimetype: str
    pillow: str | None = None


JPEG = Form(extension="jpg", kind=MediaKind.IMAGE, mimetype="image/jpeg", pillow="JPEG")
PNG = Form(extension="png", kind=MediaKind.IMAGE, mimetype="image/png", pillow="PNG")
WEBP = Form(extension="webp", kind=MediaKind.IMAGE, mimetype="image/webp", pillow="WEBP")
MP4 = Form(extension="mp4", kind=MediaKind.VIDEO, mimetype="video/mp4")
FORMS = {form.extension: form for form in (JPEG, PNG, WEBP, MP4)}

VARIANTS = {"w200": 200, "w400": 400, "w800": 800}
"""Widths in pixels; a picture that is narrower keeps its own."""


def form_of(key: str) -> Form | None:
    """The form of the file under this key; None for what is no key of ours."""
    return FORMS.get(key.rpartition(".")[2])


def variant_key(key: str, variant: str) -> str:
    """Where a variant is stored: beside its picture, under the same random bits."""
    return f"{key.partition('.')[0]}.{variant}"

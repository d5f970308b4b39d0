"""Where a picture or a video can stand: an address elsewhere, or a file that was uploaded here.

kit knows how a reference is written, nothing of what it names: whoever stores one asks media whether it is there.
"""

from __future__ import annotations

from typing import Any, ClassVar

from marshmallow import ValidationError

from kit.domain.words import Words
from kit.schema.fields import HttpUrl
from kit.storage.port import is_key

REFERENCE = "media:"
"""What a stored reference begins with."""
_NO_REFERENCE = Words(
    "不是文件引用，请从上传结果中复制（media:….{kinds}）",
    "Not a reference: copy it from the answer of an upload (media:….{kinds}).",
)


class _UrlOrReference(HttpUrl):
    """An http(s) address, or ``media:<key>`` with an extension of its kind; with `empty` also ``""``."""

    extensions: ClassVar[frozenset[str]]

    def __init__(self, *, empty: bool = False, **kwargs: Any) -> None:
        self.empty = empty
        super().__init__(**kwargs)

    def _validate(self, value: Any) -> None:
        if value == "" and self.empty:
            return
        if not isinstance(value, str) or not value.startswith(REFERENCE):
            super()._validate(value)
            return
        key = value.removeprefix(REFERENCE)
        if not is_key(key) or key.rpartition(".")[2] not in self.extensions:
            kinds = ", ".join(sorted(self.extensions))
            raise ValidationError(_NO_REFERENCE.format(kinds=kinds))


class Picture(_UrlOrReference):
    """A picture: its address, or the reference of an uploaded one."""

    extensions = frozenset({"jpg", "png", "webp"})

    def __init__(self, **kwargs: Any) -> None:
        kwargs["metadata"] = {
            "format": "uri",
            "description": "An http(s) address, or the `reference` of an uploaded picture (media:…)",
            "example": "https://img.example.com/p/apple.jpg",
        } | kwargs.get("metadata", {})
        super().__init__(**kwargs)


class Video(_UrlOrReference):
    """A video: its address, or the reference of an uploaded one."""

    extensions = frozenset({"mp4"})

    def __init__(self, **kwargs: Any) -> None:
        kwargs["metadata"] = {
            "format": "uri",
            "description": "An http(s) address, or the `reference` of an uploaded video (media:…)",
            "example": "https://img.example.com/p/apple.mp4",
        } | kwargs.get("metadata", {})
        super().__init__(**kwargs)

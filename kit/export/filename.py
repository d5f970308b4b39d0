"""Names of files for people: in a download's header, or on a mail's attachment."""

from __future__ import annotations

import re

_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff"*/:;<>?\\|%]+')
_LONGEST = 100


def safe_filename(name: str) -> str:
    """`name` without separators, quotes, control and direction marks, and leading dots; at most 100 characters."""
    cleaned = _UNSAFE.sub("_", name).strip(" .")
    stem, dot, extension = cleaned.rpartition(".")
    if dot and len(extension) <= 8:
        return f"{stem[: _LONGEST - len(extension) - 1]}.{extension}"
    return cleaned[:_LONGEST] or "file"

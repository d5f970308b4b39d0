"""What an examination finds out about an upload."""

from __future__ import annotations

from dataclasses import dataclass

from backend.media.domain.form import Form


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Of the bytes as they will be stored. `duration_ms` is a video's."""

    form: Form
    bytes: int
    width: int
    height: int
    duration_ms: int | None = None


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How large an upload may be."""

    image_bytes: int
    image_pixels: int
    video_bytes: int
    video_seconds: int

    @property
    def bytes(self) -> int:
        """Of the larger kind."""
        return max(self.image_bytes, self.video_bytes)

"""A file: stored once under a random key, never changed, deleted when nobody uses it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.types import BigId, Code, EnumText, UtcDateTime
from kit.domain.entity import Entity, Identified


class MediaKind(StrEnum):
    """图片, 视频."""

    IMAGE = "image"
    VIDEO = "video"


class MediaState(StrEnum):
    """The bytes are on their way; are there; are being deleted. Only a ready file can be used."""

    STORING = "storing"
    READY = "ready"
    DELETING = "deleting"


class MediaFile(Identified, Entity):
    """One file. It has no version: its state and its uses move by conditional UPDATEs alone (`MediaRepository`).

    `uses` counts the rows of `MediaUse`. `due_at`: when somebody has to look after it, None when all is done.
    """

    __tablename__ = "med_file"
    __table_args__ = (
        CheckConstraint("uses >= 0", name="uses_not_negative"),
        Index("ix_med_file_kind", "kind", "id"),
        Index("ix_med_file_uses", "uses", "id"),
        Index("ix_med_file_unused", "uses", "unused_since"),
        Index("ix_med_file_due", "due_at"),
    )

    key: Mapped[str] = mapped_column(Code(48), unique=True)
    kind: Mapped[MediaKind] = mapped_column(EnumText(MediaKind, "kind"))
    mimetype: Mapped[str] = mapped_column(Code(40))
    bytes: Mapped[int] = mapped_column(BigId)
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    # Of videos.
    duration_ms: Mapped[int | None] = mapped_column(Integer)
    # Of the stored bytes; a video's is known once it is stored.
    sha256: Mapped[str | None] = mapped_column(Code(64))
    filename: Mapped[str] = mapped_column(String(100))
    uploaded_by: Mapped[str] = mapped_column(Code(40))
    state: Mapped[MediaState] = mapped_column(EnumText(MediaState, "state"))
    variants: Mapped[list[str]] = mapped_column(JSON)
    uses: Mapped[int] = mapped_column(Integer)
    # Set by the sweep that first finds it without a use, and by the upload.
    unused_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"state": MediaState.STORING, "variants": [], "uses": 0} | values)

"""Who uses a file."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.types import BigId, Code
from kit.domain.entity import Entity, Identified


class MediaUse(Identified, Entity):
    """`user` ("product:4150…") shows the file. While one row exists the file stays."""

    __tablename__ = "med_use"
    __table_args__ = (UniqueConstraint("user", "file_id"), Index("ix_med_use_file", "file_id", "user"))

    file_id: Mapped[int] = mapped_column(BigId, ForeignKey("med_file.id"))
    user: Mapped[str] = mapped_column(Code(60))

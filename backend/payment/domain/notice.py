"""Callbacks as they came, kept before they are acted upon (design rule 9)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.types import Code, UtcDateTime
from kit.domain.entity import Entity, Identified


class StoredNotice(Identified, Entity):
    """One verified, decrypted callback. WeChat's id of it is the key: copies are dropped by the database."""

    __tablename__ = "pay_notice"
    __table_args__ = (Index("ix_pay_notice_due", "applied_at", "due_at"),)

    notice_id: Mapped[str] = mapped_column(Code(64), unique=True)
    event_type: Mapped[str] = mapped_column(Code(64))
    resource: Mapped[dict[str, Any]] = mapped_column(JSON)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(200))

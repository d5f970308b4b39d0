"""Batches (批次) of dated goods: which units expire when, and which batch each movement took."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Date, Index, Integer, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.inventory.domain.ledger import MovementKind
from kit.db.types import BigId, Code, EnumText, UtcDateTime
from kit.domain.entity import Entity, Identified

SHOP_ZONE = ZoneInfo("Asia/Shanghai")
# What stood there before the SKU's batches were tracked: no date is known, it goes first.
UNDATED = "UNDATED"


def end_of(day: date) -> datetime:
    """The moment goods that may be sold through `day` expire: its midnight, in the shop's time zone."""
    return datetime.combine(day + timedelta(days=1), time.min, SHOP_ZONE)


class Day(TypeDecorator[date]):
    """A date as the integer 20261231: readable in the database, and a keyset can be made of it."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> int | None:
        if isinstance(value, date):
            return value.year * 10_000 + value.month * 100 + value.day
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Any) -> date | None:
        return None if value is None else date(value // 10_000, value // 100 % 100, value % 100)


class Batch(Identified, Entity):
    """Units of one SKU at one location with the same dates. The stock row's lock is the lock of its batches."""

    __tablename__ = "inv_batch"
    __table_args__ = (
        UniqueConstraint("sku_id", "location_id", "batch_no"),
        CheckConstraint("on_hand >= 0", name="on_hand_not_negative"),
        Index("ix_inv_batch_expiry", "location_id", "expires_on", "id"),
    )

    sku_id: Mapped[int] = mapped_column(BigId)
    location_id: Mapped[int] = mapped_column(BigId)
    batch_no: Mapped[str] = mapped_column(Code(40))
    produced_on: Mapped[date | None] = mapped_column(Date)
    # The last day it may be sold; None only for what was there before batches were tracked.
    expires_on: Mapped[date | None] = mapped_column(Day)
    on_hand: Mapped[int] = mapped_column(Integer)
    # Its units are counted in the stock row's `expired`.
    expired: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    corrected: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BatchEntry(Identified, Entity):
    """How one movement changed one batch: which order got which batch, for recalls and returns. Append-only."""

    __tablename__ = "inv_batch_entry"
    __table_args__ = (
        Index("ix_inv_batch_entry_batch", "batch_id", "id"),
        Index("ix_inv_batch_entry_reference", "reference", "sku_id"),
    )

    batch_id: Mapped[int] = mapped_column(BigId)
    sku_id: Mapped[int] = mapped_column(BigId)
    location_id: Mapped[int] = mapped_column(BigId)
    kind: Mapped[MovementKind] = mapped_column(EnumText(MovementKind, "kind"))
    delta: Mapped[int] = mapped_column(Integer)
    on_hand_after: Mapped[int] = mapped_column(Integer)
    reference: Mapped[str] = mapped_column(Code(64))
    line: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

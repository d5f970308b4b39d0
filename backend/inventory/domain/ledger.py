"""The append-only movement log (库存流水): one row for every change of a stock row, before and after."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.types import BigId, Code, EnumText, UtcDateTime
from kit.domain.entity import Entity, Identified


class MovementKind(StrEnum):
    """What moved: goods came in; goods were promised, given back, or left with a shipment."""

    RECEIVE = "receive"
    RESERVE = "reserve"
    RELEASE = "release"
    DEDUCT = "deduct"


class LedgerEntry(Identified, Entity):
    """One movement of one SKU at one location. (reference, kind, SKU, location) happens once."""

    __tablename__ = "inv_ledger"
    __table_args__ = (
        UniqueConstraint("reference", "kind", "sku_id", "location_id"),
        CheckConstraint("on_hand_after = on_hand_before + on_hand_delta", name="on_hand_adds_up"),
        CheckConstraint("reserved_after = reserved_before + reserved_delta", name="reserved_adds_up"),
        Index("ix_inv_ledger_sku", "sku_id", "id"),
    )

    sku_id: Mapped[int] = mapped_column(BigId)
    location_id: Mapped[int] = mapped_column(BigId)
    kind: Mapped[MovementKind] = mapped_column(EnumText(MovementKind, "kind"))
    on_hand_before: Mapped[int] = mapped_column(Integer)
    on_hand_delta: Mapped[int] = mapped_column(Integer)
    on_hand_after: Mapped[int] = mapped_column(Integer)
    reserved_before: Mapped[int] = mapped_column(Integer)
    reserved_delta: Mapped[int] = mapped_column(Integer)
    reserved_after: Mapped[int] = mapped_column(Integer)
    reference: Mapped[str] = mapped_column(Code(64))
    reason: Mapped[str] = mapped_column(String(200))
    operator: Mapped[str] = mapped_column(Code(40))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

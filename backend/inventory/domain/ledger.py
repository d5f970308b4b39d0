"""The append-only movement log (库存流水): one row for every change of a stock row, before and after."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.types import BigId, Code, EnumText, Fen, UtcDateTime
from kit.domain.entity import Entity, Identified


class MovementKind(StrEnum):
    """What moved. The first four are an order's life; the others stand on a document."""

    RECEIVE = "receive"  # goods came in
    RESERVE = "reserve"  # were promised
    RELEASE = "release"  # the promise was taken back
    DEDUCT = "deduct"  # promised goods left
    ISSUE = "issue"  # goods left that nobody had been promised
    ADJUST = "adjust"  # the books were wrong
    COUNT = "count"  # the books were wrong, says a stock-take
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"
    WRITE_OFF = "write_off"  # broken, lost, past its date
    RETURN = "return"  # deducted goods came back


INCOMING = (MovementKind.RECEIVE, MovementKind.RETURN)
OUTGOING = (MovementKind.DEDUCT, MovementKind.ISSUE)
CORRECTING = (MovementKind.ADJUST, MovementKind.COUNT)


class LedgerEntry(Identified, Entity):
    """One movement of one SKU at one location. (reference, kind, SKU, location, line) happens once."""

    __tablename__ = "inv_ledger"
    __table_args__ = (
        UniqueConstraint("reference", "kind", "sku_id", "location_id", "line", name="uq_inv_ledger_movement"),
        CheckConstraint("on_hand_after = on_hand_before + on_hand_delta", name="on_hand_adds_up"),
        CheckConstraint("reserved_after = reserved_before + reserved_delta", name="reserved_adds_up"),
        Index("ix_inv_ledger_sku", "sku_id", "id"),
        Index("ix_inv_ledger_created_at", "created_at", "id"),
        Index("ix_inv_ledger_operator", "operator", "id"),
        Index("ix_inv_ledger_kind", "kind", "id"),
        Index("ix_inv_ledger_location", "location_id", "id"),
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
    value_delta_fen: Mapped[int] = mapped_column(Fen, default=0, server_default="0")
    reference: Mapped[str] = mapped_column(Code(64))
    # The line of the document; 0 where a reference moves a SKU once.
    line: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    reason: Mapped[str] = mapped_column(String(200))
    operator: Mapped[str] = mapped_column(Code(40))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

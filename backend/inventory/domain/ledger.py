"""The append-only movement log (库存流水): one row for every change of a stock row, before and after."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.types import BigId, Code, EnumText, Fen, UtcDateTime
from kit.domain.entity import Entity, Identified
from kit.domain.named import NamedEnum


class MovementKind(NamedEnum):
    """What moved (操作类型). The first four are an order's life; the others stand on a document."""

    RECEIVE = "receive", "入库", "Goods in"
    RESERVE = "reserve", "占用", "Reserved"
    RELEASE = "release", "释放占用", "Reservation released"
    DEDUCT = "deduct", "销售出库", "Sold, goods out"
    ISSUE = "issue", "其他出库", "Other goods out"
    ADJUST = "adjust", "库存调整", "Adjustment"
    COUNT = "count", "盘点差异", "Stock-take difference"
    TRANSFER_OUT = "transfer_out", "调拨出库", "Transfer out"
    TRANSFER_IN = "transfer_in", "调拨入库", "Transfer in"
    WRITE_OFF = "write_off", "报损", "Write-off"
    RETURN = "return", "退货入库", "Return"


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

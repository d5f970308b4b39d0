"""Documents (单据): what staff did to the stock, with its lines; every line is a row of the ledger."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.inventory.domain.batch import SHOP_ZONE
from kit.db.types import BigId, Code, EnumText, Fen, UtcDateTime
from kit.domain.entity import Entity, Identified


class DocumentKind(StrEnum):
    """Kinds of documents (入库, 出库, 调整, 调拨, 报损, 退货, 盘点)."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    ADJUST = "adjust"
    TRANSFER = "transfer"
    WRITE_OFF = "write_off"
    RETURN = "return"
    COUNT = "count"


_PREFIX = {
    DocumentKind.INBOUND: "IN",
    DocumentKind.OUTBOUND: "OUT",
    DocumentKind.ADJUST: "ADJ",
    DocumentKind.TRANSFER: "TR",
    DocumentKind.WRITE_OFF: "WO",
    DocumentKind.RETURN: "RET",
    DocumentKind.COUNT: "CNT",
}


def new_number(kind: DocumentKind, *, now: datetime) -> str:
    """A number people can read out: kind, shop time, six random digits."""
    return f"{_PREFIX[kind]}{now.astimezone(SHOP_ZONE):%y%m%d%H%M%S}{secrets.randbelow(1_000_000):06d}"


class Document(Identified, Entity):
    """Never changed once written: what was wrong is put right by another document."""

    __tablename__ = "inv_document"
    __table_args__ = (
        UniqueConstraint("no"),
        UniqueConstraint("reference"),
        Index("ix_inv_document_kind", "kind", "id"),
        Index("ix_inv_document_operator", "operator", "id"),
        Index("ix_inv_document_source", "source", "id"),
    )

    no: Mapped[str] = mapped_column(Code(32))
    kind: Mapped[DocumentKind] = mapped_column(EnumText(DocumentKind, "kind"))
    location_id: Mapped[int] = mapped_column(BigId)
    to_location_id: Mapped[int | None] = mapped_column(BigId)
    # Of its rows in the ledger: "document:<no>", "count:<no>", or what the paper that came with the goods says.
    reference: Mapped[str] = mapped_column(Code(64))
    # What it answers to: the order of a return, the count, the approval request of an adjustment.
    source: Mapped[str | None] = mapped_column(Code(64))
    reason: Mapped[str] = mapped_column(String(200))
    operator: Mapped[str] = mapped_column(Code(40))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DocumentLine(Identified, Entity):
    """`quantity` units of a SKU: in > 0, out < 0; a transfer says how many went over (> 0)."""

    __tablename__ = "inv_document_line"
    __table_args__ = (UniqueConstraint("document_id", "line"),)

    document_id: Mapped[int] = mapped_column(BigId, ForeignKey("inv_document.id"))
    line: Mapped[int] = mapped_column(Integer)
    sku_id: Mapped[int] = mapped_column(BigId)
    location_id: Mapped[int] = mapped_column(BigId)
    quantity: Mapped[int] = mapped_column(Integer)
    batch_no: Mapped[str | None] = mapped_column(Code(40))
    cost_fen: Mapped[int | None] = mapped_column(Fen)
    value_fen: Mapped[int] = mapped_column(Fen)

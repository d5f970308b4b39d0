"""Orders in bulk for whoever exports them: keyset chunks of two queries each, in the order they were placed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.orm import scoped_session

from backend.order.domain.line import OrderLine
from backend.order.domain.order import Order
from backend.order.domain.status import OrderStatus
from kit.db.extension import db
from kit.service.transaction import end_reading

CHUNK = 500


@dataclass(frozen=True, kw_only=True)
class OrderSelection:
    """Which orders: None means any. `placed_from` is inside, `placed_to` outside."""

    status: OrderStatus | None = None
    buyer_id: int | None = None
    placed_from: datetime | None = None
    placed_to: datetime | None = None

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """As SQL."""
        wanted: list[ColumnElement[bool]] = []
        if self.status is not None:
            wanted.append(Order.status == self.status)
        if self.buyer_id is not None:
            wanted.append(Order.buyer_id == self.buyer_id)
        if self.placed_from is not None:
            wanted.append(Order.placed_at >= self.placed_from)
        if self.placed_to is not None:
            wanted.append(Order.placed_at < self.placed_to)
        return wanted


@dataclass(frozen=True, kw_only=True)
class OrderRecordLine:
    """One line of an order, as it was ordered."""

    sku_code: str
    title: str
    spec_text: str
    quantity: int
    amount_fen: int


@dataclass(frozen=True, kw_only=True)
class OrderRecord:
    """One order, as it is when its chunk is read. Times are aware, money is fen."""

    no: str
    buyer_id: int
    status: OrderStatus
    goods_fen: int
    freight_fen: int
    payable_fen: int
    receiver: str
    phone: str
    province: str
    city: str
    district: str
    detail: str
    remark: str
    placed_at: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    completed_at: datetime | None
    closed_at: datetime | None
    transaction_id: str | None
    express_company: str | None
    tracking_no: str | None
    lines: tuple[OrderRecordLine, ...]


_FIELDS = tuple(name for name in OrderRecord.__dataclass_fields__ if name != "lines")
_LINE_FIELDS = tuple(OrderRecordLine.__dataclass_fields__)
_COLUMNS = [Order.__table__.columns[name] for name in ("id", *_FIELDS)]
_LINE_COLUMNS = [OrderLine.__table__.columns[name] for name in ("order_id", "position", *_LINE_FIELDS)]


class OrderStreaming:
    """Reads without a transaction that stays: between two chunks the connection is given back."""

    def __init__(self, session: scoped_session[Any] | None = None) -> None:
        self.session: scoped_session[Any] = session or db.session

    def count(self, selection: OrderSelection, *, most: int) -> int:
        """How many there are, counting no further than `most`."""
        found = select(Order.id).where(*selection.conditions).limit(most).subquery()
        count = self.session.scalars(select(func.count()).select_from(found)).one()
        end_reading()
        return int(count)

    def chunks(self, selection: OrderSelection, *, size: int = CHUNK) -> Iterator[list[OrderRecord]]:
        """Lists of at most `size`, each order once, the oldest first; two statements a list."""
        last: Row[Any] | None = None
        while True:
            rows = self._after(selection, last, size)
            if not rows:
                end_reading()
                return
            lines = self._lines([row.id for row in rows])
            chunk = [_record(row, lines.get(row.id, ())) for row in rows]
            last = rows[-1]
            end_reading()
            yield chunk
            if len(chunk) < size:
                return

    def _after(self, selection: OrderSelection, last: Row[Any] | None, size: int) -> list[Row[Any]]:
        # Left to itself MariaDB sorts everything that matches anew for every chunk (tests/integration/explain).
        query = select(*_COLUMNS).where(*selection.conditions).order_by(Order.placed_at, Order.id).limit(size)
        if selection.buyer_id is None:
            query = query.with_hint(Order, "FORCE INDEX (ix_ord_order_placed)", "mysql")
            query = query.with_hint(Order, "FORCE INDEX (ix_ord_order_placed)", "mariadb")
        if last is not None:
            behind = or_(Order.placed_at > last.placed_at, Order.id > last.id)
            query = query.where(and_(Order.placed_at >= last.placed_at, behind))
        return list(self.session.execute(query))

    def _lines(self, order_ids: list[int]) -> Mapping[int, tuple[OrderRecordLine, ...]]:
        query = select(*_LINE_COLUMNS).where(OrderLine.order_id.in_(order_ids))
        grouped: dict[int, tuple[OrderRecordLine, ...]] = {}
        for line in sorted(self.session.execute(query), key=lambda line: line.position):
            record = OrderRecordLine(**{name: getattr(line, name) for name in _LINE_FIELDS})
            grouped[line.order_id] = (*grouped.get(line.order_id, ()), record)
        return grouped


def _record(row: Row[Any], lines: tuple[OrderRecordLine, ...]) -> OrderRecord:
    return OrderRecord(**{name: getattr(row, name) for name in _FIELDS}, lines=lines)

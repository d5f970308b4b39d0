"""Orders go from their context into a table, a chunk at a time: memory does not grow with their number."""

from __future__ import annotations

from typing import BinaryIO

from backend.order import facade as order
from backend.reporting.domain.failure import Failure
from backend.reporting.domain.wanted import WantedOrders
from backend.reporting.service.table import TableColumn
from kit.export.sheet import FORMATS
from kit.job.failure import JobRefused
from kit.job.progress import Progress


def write_orders(
    stream: BinaryIO, wanted: WantedOrders, columns: tuple[TableColumn, ...], progress: Progress, *, most: int
) -> int:
    """Write what is wanted; returns the rows. Raises `JobRefused` for more than `most` orders."""
    selection = _selection(wanted)
    total = order.count_orders(selection=selection, most=most + 1)
    if total > most:
        raise JobRefused(Failure.TOO_MANY_ROWS)
    rows = 0
    headings = [column.heading for column in columns]
    with FORMATS[wanted.format].open(stream, headings, order.SHOP_ZONE) as sheet:
        for chunk in order.stream_orders(selection=selection):
            for record in chunk:
                sheet.write([column.value(record) for column in columns])
            rows += len(chunk)
            progress.reached(rows, of=total)
    return rows


def _selection(wanted: WantedOrders) -> order.OrderSelection:
    return order.OrderSelection(
        status=None if wanted.status is None else order.OrderStatus.of(wanted.status),
        buyer_id=wanted.buyer_id,
        placed_from=wanted.placed_from,
        placed_to=wanted.placed_to,
    )

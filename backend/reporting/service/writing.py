"""Orders go from their context into a table, a chunk at a time: memory does not grow with their number."""

from __future__ import annotations

from typing import BinaryIO

from backend.order import facade as order
from backend.reporting.domain.failure import Failure, ReportRefused
from backend.reporting.domain.job import Assignment
from backend.reporting.service.progress import Progress
from backend.reporting.service.table import TableColumn
from kit.export.sheet import FORMATS


def write_orders(
    stream: BinaryIO, assignment: Assignment, columns: tuple[TableColumn, ...], progress: Progress, *, most: int
) -> int:
    """Write what `assignment` asks for; returns the rows. Raises `ReportRefused` for more than `most` orders."""
    selection = _selection(assignment)
    total = order.count_orders(selection=selection, most=most + 1)
    if total > most:
        raise ReportRefused(Failure.TOO_MANY_ROWS)
    rows = 0
    headings = [column.heading for column in columns]
    with FORMATS[assignment.format].open(stream, headings, order.SHOP_ZONE) as sheet:
        for chunk in order.stream_orders(selection=selection):
            for record in chunk:
                sheet.write([column.value(record) for column in columns])
            rows += len(chunk)
            progress.reached(rows, of=total)
    return rows


def _selection(assignment: Assignment) -> order.OrderSelection:
    return order.OrderSelection(
        status=None if assignment.status is None else order.OrderStatus(assignment.status),
        buyer_id=assignment.buyer_id,
        placed_from=assignment.placed_from,
        placed_to=assignment.placed_to,
    )

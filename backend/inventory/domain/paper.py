"""What staff write on a document, before it is booked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from backend.inventory.domain.error import LineRepeated
from backend.inventory.domain.movement import BatchRef
from backend.inventory.domain.stock import DEFAULT_LOCATION


@dataclass(frozen=True)
class Line:
    """`quantity` units of a SKU (> 0; of an adjustment also < 0). `cost_fen`: of one unit that comes in."""

    sku_id: int
    quantity: int
    batch: BatchRef | None = None
    cost_fen: int | None = None


@dataclass(frozen=True, kw_only=True)
class Paper:
    """`reference` is the paper's own number, booked once; without one the document's number stands in the ledger."""

    lines: tuple[Line, ...]
    reason: str
    operator: str
    at: datetime
    location_id: int = DEFAULT_LOCATION
    to_location_id: int | None = None
    reference: str | None = None


def demand_single_lines(lines: Iterable[Line]) -> None:
    """Raises `LineRepeated`: what stands twice on a paper was typed twice more often than it came twice."""
    seen: set[tuple[int, str]] = set()
    for line in lines:
        key = line.sku_id, line.batch.batch_no if line.batch else ""
        if key in seen:
            raise LineRepeated.naming(str(line.sku_id))
        seen.add(key)

"""What of a shipment may come back, and to which batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backend.inventory.domain.movement import BatchRef


@dataclass(frozen=True)
class ReturnLine:
    """`quantity` units that really came back; `damaged` ones are not sold again."""

    sku_id: int
    quantity: int
    damaged: bool = False
    batch: BatchRef | None = None


@dataclass
class Shipped:
    """A deducted reservation: `left` units of it have not come back."""

    reservation_id: int
    sku_id: int
    quantity: int
    left: int
    taken: int = 0

    def take(self, units: int) -> int:
        """Count up to `units` as come back; returns how many those are."""
        many = min(units, self.left - self.taken)
        self.taken += many
        return many


def into_batches(units: int, out: list[tuple[BatchRef, int]]) -> tuple[tuple[BatchRef, int], ...]:
    """Units go to the batches that are out, the earliest date first: what nobody looked at counts as the older.

    `out` loses what was taken. Fewer come back here than `units` when the batches of some are not known.
    """
    found = []
    for position, (ref, many) in enumerate(out):
        part = min(units, many)
        if part:
            found.append((ref, part))
            out[position] = (ref, many - part)
            units -= part
    return tuple(found)


def totals(lines: Sequence[ReturnLine]) -> dict[int, int]:
    """SKU → units of all lines."""
    found: dict[int, int] = {}
    for line in lines:
        found[line.sku_id] = found.get(line.sku_id, 0) + line.quantity
    return found

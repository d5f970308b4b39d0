"""What of a shipment may come back, and to which batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backend.inventory.domain.error import BatchNeverLeft
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


@dataclass
class StillOut:
    """What of one SKU left and has not come back: `units` in all, and of which batches, the earliest date first.

    Units that left before batches were tracked are in `units` alone: they may come back into any batch.
    """

    units: int
    batches: list[tuple[BatchRef, int]]

    def into_named(self, sku_id: int, ref: BatchRef, units: int) -> BatchRef:
        """The batch that `ref` names, with its dates, when so many units of it are out. Raises `BatchNeverLeft`."""
        of_batch = dict(self.batches)
        known = next((one for one in of_batch if one.batch_no == ref.batch_no), ref)
        there = of_batch.get(known, 0)
        if units > there + self._of_no_batch:
            returnable = {one.batch_no: many for one, many in self.batches}
            told = {"batch_no": ref.batch_no, "wanted": units, "returnable": returnable}
            raise BatchNeverLeft(batch_no=ref.batch_no, errors={str(sku_id): told})
        self._take({known: min(units, there)}, units)
        return known if ref.expires_on is None and ref.produced_on is None else ref

    def into_known(self, units: int) -> tuple[tuple[BatchRef, int], ...]:
        """The batches units go back to, the earliest date first: what nobody looked at counts as the older.

        Fewer come back here than `units` when the batches of some are not known.
        """
        found, missing = [], units
        for ref, many in self.batches:
            if part := min(missing, many):
                found.append((ref, part))
                missing -= part
        self._take(dict(found), units)
        return tuple(found)

    @property
    def _of_no_batch(self) -> int:
        return max(self.units - sum(many for _, many in self.batches), 0)

    def _take(self, parts: dict[BatchRef, int], units: int) -> None:
        self.batches = [(ref, many - parts.get(ref, 0)) for ref, many in self.batches if many > parts.get(ref, 0)]
        self.units -= units


def totals(lines: Sequence[ReturnLine]) -> dict[int, int]:
    """SKU → units of all lines."""
    found: dict[int, int] = {}
    for line in lines:
        found[line.sku_id] = found.get(line.sku_id, 0) + line.quantity
    return found

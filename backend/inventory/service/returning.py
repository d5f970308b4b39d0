"""Deducted goods come back (退货): only what really came back, sellable or damaged, never more than had left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.inventory.domain.coming_back import ReturnLine, into_batches, totals
from backend.inventory.domain.document import DocumentKind
from backend.inventory.domain.error import BatchNeeded, LineRepeated, ReturnedTooMuch, WrongLocation
from backend.inventory.domain.ledger import MovementKind
from backend.inventory.domain.location import DAMAGED_LOCATION
from backend.inventory.domain.movement import Leg
from backend.inventory.domain.paper import Paper
from backend.inventory.domain.stock import DEFAULT_LOCATION
from backend.inventory.repository.shipped import ShippedRepository
from backend.inventory.service.documents import Documents
from kit.service.transaction import transactional


@dataclass(frozen=True, kw_only=True)
class ReturnPaper:
    """`source`: what the goods had left with ("order:…"); `reference`: the return's own, accepted once."""

    source: str
    lines: tuple[ReturnLine, ...]
    reason: str
    operator: str
    at: datetime
    reference: str | None = None
    location_id: int = DEFAULT_LOCATION
    damaged_location_id: int = DAMAGED_LOCATION


class Returning:
    """Goods go back at what they had left for, into the batches they had left from."""

    def __init__(self, documents: Documents, shipped: ShippedRepository) -> None:
        self.documents = documents
        self.shipped = shipped

    @transactional
    def accept(self, paper: ReturnPaper) -> int:
        """The document's id. Raises `ReturnedTooMuch`, `WrongLocation`, `MovementRepeated`, `BatchNeeded` and more."""
        if len({(line.sku_id, line.damaged) for line in paper.lines}) < len(paper.lines):
            raise LineRepeated
        places = self.documents.locations.hold({paper.location_id, paper.damaged_location_id})
        if not places[paper.location_id].sellable or places[paper.damaged_location_id].sellable:
            raise WrongLocation
        whole = Paper(
            lines=(),
            reason=paper.reason,
            operator=paper.operator,
            at=paper.at,
            location_id=paper.location_id,
            reference=paper.reference,
        )
        document = self.documents.begin(DocumentKind.RETURN, whole, source=paper.source)
        self._count_as_returned(paper)
        return self.documents.finish(document, self._legs(paper))

    def _count_as_returned(self, paper: ReturnPaper) -> None:
        """Behind the locks of the reservations: of two returns at once the later one sees the earlier one's."""
        rows = self.shipped.lock(paper.source)
        short: dict[str, object] = {}
        for sku_id, wanted in totals(paper.lines).items():
            of_sku = [row for row in rows if row.sku_id == sku_id]
            left = wanted
            for row in of_sku:
                left -= row.take(left)
            if left:
                short[str(sku_id)] = {"wanted": wanted, "returnable": sum(row.left for row in of_sku)}
        if short:
            raise ReturnedTooMuch(errors=short)
        self.shipped.write(rows)

    def _legs(self, paper: ReturnPaper) -> Sequence[Leg]:
        out = self.documents.goods.batches.out_with(paper.source)
        worth = self.shipped.worth(paper.source)
        legs = []
        for number, line in enumerate(paper.lines, 1):
            value, units = worth.get(line.sku_id, (0, 1))
            batches = () if line.batch else into_batches(line.quantity, out.get(line.sku_id, []))
            if batches and sum(many for _, many in batches) < line.quantity:
                raise BatchNeeded(errors={str(line.sku_id): BatchNeeded.naming("batch_no").errors})
            place = paper.damaged_location_id if line.damaged else paper.location_id
            legs.append(
                Leg(
                    MovementKind.RETURN,
                    line.sku_id,
                    place,
                    line.quantity,
                    line=number,
                    batch=line.batch,
                    batches=batches,
                    value_fen=value * line.quantity // units,
                )
            )
        return legs

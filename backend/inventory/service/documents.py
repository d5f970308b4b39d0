"""Staff move goods: each kind of document is a few legs per line, booked in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from backend.inventory.domain.document import Document, DocumentKind, new_number
from backend.inventory.domain.error import NothingExpired, SameLocation
from backend.inventory.domain.ledger import MovementKind
from backend.inventory.domain.movement import BatchRef, BookedLeg, Booking, Leg
from backend.inventory.domain.paper import Line, Paper, demand_single_lines
from backend.inventory.repository.document import DocumentRepository
from backend.inventory.repository.location import LocationRepository
from backend.inventory.service.goods import Goods
from kit.service.transaction import transactional

AT_ONCE = 200


class Documents:
    """Inbound, outbound, transfer, write-off. Each returns the document's id and raises what `Goods.book` refuses,

    `LocationNotFound`, `LocationArchived`, `LineRepeated` and, for a known reference, `MovementRepeated`.
    """

    def __init__(self, goods: Goods, documents: DocumentRepository, locations: LocationRepository) -> None:
        self.goods = goods
        self.documents = documents
        self.locations = locations

    @transactional
    def inbound(self, paper: Paper) -> int:
        """Goods come in (入库)."""
        return self.book(DocumentKind.INBOUND, paper, lambda line: [_leg(MovementKind.RECEIVE, paper, line, 1)])

    @transactional
    def outbound(self, paper: Paper) -> int:
        """Goods leave that nobody was promised (出库); of dated goods the first to expire."""
        return self.book(DocumentKind.OUTBOUND, paper, lambda line: [_leg(MovementKind.ISSUE, paper, line, -1)])

    @transactional
    def write_off(self, paper: Paper, *, source: str | None = None) -> int:
        """Goods are broken, lost or past their date (报损); dated goods name their batch."""
        return self.book(
            DocumentKind.WRITE_OFF,
            paper,
            lambda line: [_leg(MovementKind.WRITE_OFF, paper, line, -1)],
            source=source,
        )

    @transactional
    def transfer(self, paper: Paper) -> int:
        """Goods go from one location to another with their batches and their worth (调拨). Raises `SameLocation`."""
        target = paper.to_location_id
        if target is None or target == paper.location_id:
            raise SameLocation
        there = replace(paper, location_id=target)

        def both(line: Line) -> list[Leg]:
            out = _leg(MovementKind.TRANSFER_OUT, paper, line, -1)
            return [out, replace(_leg(MovementKind.TRANSFER_IN, there, line, 1), follows=True, batch=None)]

        return self.book(DocumentKind.TRANSFER, paper, both)

    @transactional
    def write_off_expired(self, paper: Paper) -> int:
        """Write off what has expired and is promised to nobody, up to 200 batches. Raises `NothingExpired`."""
        self.goods.shelf_life.sweep(now=paper.at)
        lines = []
        spare: dict[int, int] = {}
        for batch in self.goods.batches.expired_at(paper.location_id, limit=AT_ONCE):
            left = spare.setdefault(batch.sku_id, batch.spare)
            units = min(batch.on_hand, left)
            spare[batch.sku_id] = left - units
            if units:
                lines.append(Line(batch.sku_id, units, BatchRef(batch.batch_no)))
        if not lines:
            raise NothingExpired
        return self.write_off(replace(paper, lines=tuple(lines)))

    def book(
        self,
        kind: DocumentKind,
        paper: Paper,
        legs_of: Callable[[Line], Sequence[Leg]],
        *,
        source: str | None = None,
    ) -> int:
        """Write the document, book its legs, write its lines; call inside a use case."""
        demand_single_lines(paper.lines)
        self.locations.hold({paper.location_id, paper.to_location_id or paper.location_id})
        document = self.begin(kind, paper, source=source)
        legs = [replace(leg, line=n) for n, line in enumerate(paper.lines, 1) for leg in legs_of(line)]
        return self.finish(document, legs)

    def begin(self, kind: DocumentKind, paper: Paper, *, source: str | None = None) -> Document:
        """Write the document alone, before anything contended is locked; call inside a use case."""
        number = new_number(kind, now=paper.at)
        document = Document(
            no=number,
            kind=kind,
            location_id=paper.location_id,
            to_location_id=paper.to_location_id,
            reference=paper.reference or f"document:{number}",
            source=source,
            reason=paper.reason,
            operator=paper.operator,
            created_at=paper.at,
        )
        self.documents.write(document)
        return document

    def finish(self, document: Document, legs: Sequence[Leg]) -> int:
        """Book the legs, which know their lines, and write the lines; the document's id."""
        booking = Booking(document.reference, document.reason, document.operator, document.created_at)
        booked = self.goods.book(legs, booking) if legs else []
        self.documents.write_lines(document, [_written(document.kind, one) for one in booked if not one.leg.follows])
        return document.id


def _leg(kind: MovementKind, paper: Paper, line: Line, sign: int) -> Leg:
    return Leg(kind, line.sku_id, paper.location_id, sign * line.quantity, batch=line.batch, cost_fen=line.cost_fen)


def _written(kind: DocumentKind, one: BookedLeg) -> dict[str, object]:
    leg = one.leg
    return {
        "line": leg.line,
        "sku_id": leg.sku_id,
        "location_id": leg.location_id,
        "quantity": abs(leg.quantity) if kind is DocumentKind.TRANSFER else leg.quantity,
        "batch_no": leg.batch.batch_no if leg.batch else None,
        "cost_fen": leg.cost_fen,
        "value_fen": one.value_fen,
    }

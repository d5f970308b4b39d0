"""The books are put right without a count (调整). Takes a JSON payload, so that an approval can keep and apply it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from backend.inventory.domain.document import DocumentKind
from backend.inventory.domain.ledger import MovementKind
from backend.inventory.domain.movement import BatchRef, Leg
from backend.inventory.domain.paper import Line, Paper
from backend.inventory.service.documents import Documents
from kit.domain.clock import utc_now
from kit.service.transaction import transactional

ACTION = "inventory.adjust"


@dataclass(frozen=True)
class Proposal:
    """What an adjustment would do: for people who decide on it. All JSON-ready."""

    subject: str
    version: int
    diff: tuple[dict[str, Any], ...]
    facts: dict[str, int]


class Adjusting:
    """Payload: ``{"location_id": "1", "reason": "…", "reference": null, "lines": [{"sku_id": "…", "quantity": -2,
    "batch_no": null, "produced_on": null, "expires_on": "2026-12-31", "unit_cost_fen": null}]}``; ids and dates are
    strings.
    """

    def __init__(self, documents: Documents) -> None:
        self.documents = documents

    @transactional
    def apply(self, payload: dict[str, Any], *, operator: str, now: datetime) -> int:
        """Book it; the document's id. Raises what `Documents` does, and `GoodsPromised`."""
        paper = _paper(payload, operator, now)
        return self.documents.book(
            DocumentKind.ADJUST,
            paper,
            lambda line: [
                Leg(
                    MovementKind.ADJUST,
                    line.sku_id,
                    paper.location_id,
                    line.quantity,
                    batch=line.batch,
                    cost_fen=line.cost_fen,
                )
            ],
        )

    def propose(self, payload: dict[str, Any]) -> Proposal:
        """Subject, version and readable difference, from the stock rows as they are.

        The version counts corrections alone: goods that are sold meanwhile do not make a correction stale, another
        correction of the same rows does.
        """
        paper = _paper(payload, "", utc_now())
        rows = self.documents.goods.stock.levels_of({(line.sku_id, paper.location_id) for line in paper.lines})
        diff = []
        for line in paper.lines:
            row = rows.get((line.sku_id, paper.location_id))
            old = row.on_hand if row else 0
            batch_no = line.batch.batch_no if line.batch else None
            diff.append({"sku_id": str(line.sku_id), "batch_no": batch_no, "old": old, "new": old + line.quantity})
        units = sum(abs(line.quantity) for line in paper.lines)
        skus = ",".join(sorted({str(line.sku_id) for line in paper.lines}))
        subject = f"stock:{paper.location_id}:{skus}" if len(paper.lines) == 1 else f"location:{paper.location_id}"
        return Proposal(
            subject,
            sum(row.corrections for row in rows.values()),
            tuple(diff),
            {"units": units, "lines": len(paper.lines)},
        )


def _paper(payload: dict[str, Any], operator: str, at: datetime) -> Paper:
    lines = tuple(
        Line(int(line["sku_id"]), int(line["quantity"]), _batch(line), line.get("unit_cost_fen"))
        for line in payload["lines"]
    )
    return Paper(
        lines=lines,
        reason=payload["reason"],
        operator=operator,
        at=at,
        location_id=int(payload["location_id"]),
        reference=payload.get("reference"),
    )


def _batch(line: dict[str, Any]) -> BatchRef | None:
    if not line.get("batch_no"):
        return None
    return BatchRef(line["batch_no"], _day(line.get("produced_on")), _day(line.get("expires_on")))


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)

"""The books are put right without a count (调整). Takes a JSON payload, so that an approval can keep and apply it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from backend.approval import facade as approval
from backend.inventory.domain.document import DocumentKind
from backend.inventory.domain.ledger import MovementKind
from backend.inventory.domain.movement import BatchRef, Key, Leg
from backend.inventory.domain.paper import Line, Paper
from backend.inventory.service.documents import Documents
from kit.service.transaction import transactional

ACTION = "inventory.adjust"


class Adjusting:
    """Payload: ``{"location_id": "1", "reason": "…", "reference": null, "lines": [{"sku_id": "…", "quantity": -2,
    "batch_no": null, "produced_on": null, "expires_on": "2026-12-31", "unit_cost_fen": null}]}``; ids and dates are
    strings.
    """

    action: ClassVar[str] = ACTION
    sign: ClassVar[int] = 1
    """What `quantity` of a line does to the books: 1 as it stands, -1 when it says how many go."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents

    @transactional
    def ask(self, payload: dict[str, Any], *, operator: str, now: datetime) -> approval.Submission:
        """Book it, or keep it until others agree; the result is the document's id.

        Raises what `apply` and `approval.submit` do.
        """
        return approval.submit(
            action=self.action,
            subject=subject_of(payload),
            subject_version=None,
            payload=payload,
            actor=operator,
            reason=payload["reason"],
            now=now,
        )

    def version(self, payload: dict[str, Any]) -> int:
        """How often the rows were corrected, held until the commit. Raises `LocationNotFound`, `LocationArchived`.

        Goods that are sold meanwhile do not make a correction stale; another correction of the same rows does.
        """
        self.documents.locations.hold({int(payload["location_id"])})
        rows = self.documents.goods.stock.lock(keys_of(payload))
        return sum(row.corrections for row in rows.values())

    @transactional
    def apply(self, payload: dict[str, Any], *, operator: str, now: datetime, source: str | None = None) -> int:
        """Book it; the document's id. `source`: the approval it answers to. Raises what `Documents` does, and
        `GoodsPromised`.
        """
        paper = paper_of(payload, operator, now)
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
            source=source,
        )


def keys_of(payload: dict[str, Any]) -> set[Key]:
    """The stock rows it is about."""
    return {(int(line["sku_id"]), int(payload["location_id"])) for line in payload["lines"]}


def subject_of(payload: dict[str, Any]) -> str:
    """One row, or several of a location."""
    keys = keys_of(payload)
    return f"stock:{min(keys)[1]}:{min(keys)[0]}" if len(keys) == 1 else f"location:{payload['location_id']}"


def paper_of(payload: dict[str, Any], operator: str, at: datetime) -> Paper:
    """As `Documents` takes it, signed by `operator`."""
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

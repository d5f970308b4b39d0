"""Goods are written off (报损). Takes a JSON payload, so that an approval can keep and apply it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from backend.inventory.service.adjusting import Adjusting, paper_of
from kit.service.transaction import transactional

ACTION = "inventory.write_off"


class WritingOff(Adjusting):
    """Payload as for `Adjusting`, `quantity` > 0 being what goes; without dates and costs.

    Its version is the same: who has corrected the rows meanwhile may have found the very loss that was to be written
    off. Another write-off is another loss, and leaves it alone.
    """

    action = ACTION
    sign = -1

    @transactional
    def apply(self, payload: dict[str, Any], *, operator: str, now: datetime, source: str | None = None) -> int:
        """Write it off; the document's id. `source`: the approval it answers to. Raises what `Documents` does,
        `BatchNeeded` and `GoodsPromised`.
        """
        return self.documents.write_off(paper_of(payload, operator, now), source=source)

"""What approval needs to know of a count sheet that is posted: it corrects the books, as an adjustment does."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from backend.approval import facade as approval
from backend.inventory.domain.stock import StockItem
from backend.inventory.repository.location import LocationRepository
from backend.inventory.repository.stock import StockRepository
from backend.inventory.service.adjusting import ACTION as ADJUST
from backend.inventory.service.adjustment import FACTS
from backend.inventory.service.counting import ACTION, Counting, Difference


class CountPostingExecutor:
    """Payload: ``{"count_id": "…", "skip_uncounted": false}``."""

    action = ACTION
    zh = "盘点过账"
    en = "Post a count sheet"
    right = "inventory:post_count"
    facts: Sequence[approval.Fact] = FACTS
    also: Sequence[str] = (ADJUST,)

    def __init__(self, counting: Counting, stock: StockRepository, locations: LocationRepository) -> None:
        self.counting = counting
        self.stock = stock
        self.locations = locations

    def acts_as(self, subject: str, payload: Any) -> Collection[str]:
        """A sheet that agrees with the books adjusts nothing."""
        return self.also if self._differences(payload) else ()

    def facts_of(self, subject: str, payload: Any) -> Mapping[str, int]:
        differences = self._differences(payload)
        return {"quantity": sum(abs(one.quantity) for one in differences), "lines": len(differences)}

    def version(self, subject: str, payload: Any) -> int | None:
        return self.counting.version(int(payload["count_id"]))

    def title(self, subject: str, payload: Any) -> str:
        count = self.counting.counts.hold(int(payload["count_id"]))
        location = self.locations.hold({count.location_id})[count.location_id]
        return f"{location.name} · {count.no} · {count.reason}"

    def diff(self, subject: str, payload: Any) -> Sequence[approval.Change]:
        """Of each line that differs: what the books said when it was counted, and what was counted."""
        differences = self._differences(payload)
        items = self.stock.items({one.sku_id for one in differences})
        return [_counted(items[one.sku_id], one) for one in differences]

    def apply(self, subject: str, payload: Any, mandate: approval.Mandate, now: datetime) -> int:
        """The document's id; the document names who asked, and the request in which others agreed."""
        return self.counting.post(
            int(payload["count_id"]),
            skip_uncounted=payload["skip_uncounted"],
            operator=mandate.actor,
            now=now,
            source=f"approval:{mandate.request_id}" if mandate.request_id else None,
        )

    def _differences(self, payload: Any) -> list[Difference]:
        return self.counting.differences(int(payload["count_id"]))


def _counted(item: StockItem, one: Difference) -> approval.Change:
    zh, en = f"{item.title}（{item.sku_code}）账面 → 实盘", f"{item.title} ({item.sku_code}), books → counted"
    if one.batch_no is not None:
        zh, en = f"{zh}，批次 {one.batch_no}", f"{en}, batch {one.batch_no}"
    return approval.Change(
        field=f"counted.{item.sku_code}",
        zh=zh,
        en=en,
        old=str(one.book_at_count),
        new=f"{one.counted} ({one.quantity:+d})",
    )

"""What approval needs to know of adjustments and write-offs: how much they move, how they read, how they are booked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from backend.approval import facade as approval
from backend.inventory.domain.error import UnknownSku
from backend.inventory.domain.stock import StockItem
from backend.inventory.repository.location import LocationRepository
from backend.inventory.repository.stock import StockRepository
from backend.inventory.service.adjusting import ACTION, Adjusting, keys_of
from backend.inventory.service.writing_off import ACTION as WRITE_OFF
from kit.domain.money import yuan_text

FACTS = (
    approval.Fact("quantity", "增减件数合计（不计正负）", "Units added and taken away, together"),
    approval.Fact("lines", "行数", "Lines"),
)
"""Of whatever corrects the books, so that a rule about adjustments can judge all of it."""


class AdjustmentExecutor:
    """Payload as `Adjusting` takes it."""

    action = ACTION
    zh = "调整库存"
    en = "Adjust stock"
    right = "inventory:adjust"
    facts: Sequence[approval.Fact] = FACTS
    also: Sequence[str] = ()

    def __init__(self, adjusting: Adjusting, stock: StockRepository, locations: LocationRepository) -> None:
        self.adjusting = adjusting
        self.stock = stock
        self.locations = locations

    def acts_as(self, subject: str, payload: Any) -> Collection[str]:
        return ()

    def facts_of(self, subject: str, payload: Any) -> Mapping[str, int]:
        return {"quantity": sum(abs(line["quantity"]) for line in payload["lines"]), "lines": len(payload["lines"])}

    def version(self, subject: str, payload: Any) -> int | None:
        return self.adjusting.version(payload)

    def title(self, subject: str, payload: Any) -> str:
        location_id = int(payload["location_id"])
        location = self.locations.hold({location_id})[location_id]
        first = payload["lines"][0]
        item = self._items(payload)[int(first["sku_id"])]
        more = f" … +{len(payload['lines']) - 1}" if len(payload["lines"]) > 1 else ""
        units = self.adjusting.sign * first["quantity"]
        return f"{location.name} · {item.title} ({item.sku_code}) {units:+d}{more}"

    def diff(self, subject: str, payload: Any) -> Sequence[approval.Change]:
        """On hand of each SKU before and after its line, and what one unit of incoming goods has cost."""
        items = self._items(payload)
        on_hand = defaultdict(int, {key[0]: row.on_hand for key, row in self._rows(payload).items()})
        changes = []
        for line in payload["lines"]:
            sku_id, quantity = int(line["sku_id"]), self.adjusting.sign * line["quantity"]
            old, on_hand[sku_id] = on_hand[sku_id], on_hand[sku_id] + quantity
            changes.append(_units(items[sku_id], line, quantity, old))
            if line.get("unit_cost_fen") is not None:
                changes.append(_cost(items[sku_id], line["unit_cost_fen"]))
        return changes

    def apply(self, subject: str, payload: Any, mandate: approval.Mandate, now: datetime) -> int:
        """The document's id; the document names who asked, and the request in which others agreed."""
        source = f"approval:{mandate.request_id}" if mandate.request_id else None
        return self.adjusting.apply(payload, operator=mandate.actor, now=now, source=source)

    def _rows(self, payload: Any) -> Mapping[tuple[int, int], Any]:
        return self.stock.levels_of(keys_of(payload))

    def _items(self, payload: Any) -> Mapping[int, StockItem]:
        sku_ids = {key[0] for key in keys_of(payload)}
        items = self.stock.items(sku_ids)
        if unknown := sorted(sku_ids - items.keys()):
            raise UnknownSku.naming(*map(str, unknown))
        return items


class WriteOffExecutor(AdjustmentExecutor):
    """报损: units leave the books on somebody's word, as by an adjustment, and rules about those judge it as well."""

    action = WRITE_OFF
    zh = "报损"
    en = "Write stock off"
    right = "inventory:write_off"
    also: Sequence[str] = (ACTION,)

    def acts_as(self, subject: str, payload: Any) -> Collection[str]:
        return self.also


def _units(item: StockItem, line: dict[str, Any], quantity: int, old: int) -> approval.Change:
    zh, en = f"{item.title}（{item.sku_code}）在库", f"{item.title} ({item.sku_code}), on hand"
    if line.get("batch_no"):
        last_day = line.get("expires_on")
        zh += f"，批次 {line['batch_no']}" + (f" 到期 {last_day}" if last_day else "")
        en += f", batch {line['batch_no']}" + (f" until {last_day}" if last_day else "")
    return approval.Change(
        field=f"on_hand.{item.sku_code}", zh=zh, en=en, old=str(old), new=f"{old + quantity} ({quantity:+d})"
    )


def _cost(item: StockItem, fen: int) -> approval.Change:
    return approval.Change(
        field=f"unit_cost.{item.sku_code}",
        zh=f"{item.title}（{item.sku_code}）入库单价（元）",
        en=f"{item.title} ({item.sku_code}), cost of a unit (yuan)",
        old=None,
        new=yuan_text(fen),
    )

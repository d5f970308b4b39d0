"""What other contexts may ask of inventory. Every call joins the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.inventory.domain.error import OutOfStock
from backend.inventory.domain.movement import Move
from backend.inventory.domain.stock import StockItem
from backend.inventory.repository.stock import Booking
from backend.inventory.wiring import services

__all__ = ["OutOfStock", "Sku", "available", "deduct", "forget", "receive", "register", "release", "reserve"]


@dataclass(frozen=True, kw_only=True)
class Sku:
    """A SKU to keep stock of."""

    sku_id: int
    code: str
    title: str


def register(*, skus: Sequence[Sku], operator: str, now: datetime) -> None:
    """Keep stock of these SKUs, beginning with none; known ones get their new code and title."""
    items = [StockItem(sku_id=sku.sku_id, sku_code=sku.code, title=sku.title) for sku in skus]
    services().receiving.register(items, Booking("", "register", operator, now))


def forget(*, sku_ids: Sequence[int]) -> bool:
    """Keep stock of these SKUs no longer, as if they had never been; False, and nothing changed, if any ever moved."""
    return services().receiving.forget(sku_ids)


def receive(*, quantities: Mapping[int, int], reference: str, reason: str, operator: str, now: datetime) -> None:
    """Book incoming goods, SKU id → units (> 0), once per `reference`. Raises UnknownSku, MovementRepeated."""
    services().receiving.receive(_moves(quantities), Booking(reference, reason, operator, now))


def available(*, sku_ids: Sequence[int]) -> dict[int, int]:
    """What may still be sold of each SKU; one that has no stock row is missing."""
    return services().stock.available(sku_ids)


def reserve(*, quantities: Mapping[int, int], reference: str, operator: str, now: datetime) -> None:
    """Promise units to `reference` (an order). Raises `OutOfStock`; call it last, it locks contended rows."""
    services().reserving.reserve(_moves(quantities), Booking(reference, "order placed", operator, now))


def release(*, reference: str, reason: str, operator: str, now: datetime) -> bool:
    """Give back everything `reference` still holds; False when it holds nothing."""
    return services().reserving.release(Booking(reference, reason, operator, now))


def deduct(*, reference: str, operator: str, now: datetime) -> bool:
    """What `reference` holds leaves the shop; False when it holds nothing."""
    return services().reserving.deduct(Booking(reference, "shipped", operator, now))


def _moves(quantities: Mapping[int, int]) -> list[Move]:
    return [Move(sku_id, quantity) for sku_id, quantity in quantities.items()]

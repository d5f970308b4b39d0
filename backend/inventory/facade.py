"""What other contexts may ask of inventory. Every call joins the caller's transaction; sweeps make their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.inventory.domain.coming_back import ReturnLine
from backend.inventory.domain.error import GoodsExpired, OutOfStock
from backend.inventory.domain.movement import Booking, Move
from backend.inventory.domain.right import ARRANGE
from backend.inventory.domain.stock import StockItem
from backend.inventory.service.returning import ReturnPaper
from backend.inventory.wiring import services
from backend.user import facade as user

__all__ = [
    "Alert",
    "GoodsExpired",
    "OutOfStock",
    "Sku",
    "accept_return",
    "alerted",
    "alerts",
    "available",
    "deduct",
    "expire_batches",
    "forget",
    "receive",
    "register",
    "release",
    "release_expired_holds",
    "reserve",
]


@dataclass(frozen=True, kw_only=True)
class Sku:
    """A SKU to keep stock of; movements can be asked for by the product it belongs to."""

    sku_id: int
    code: str
    title: str
    product_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Alert:
    """A SKU at a location that is at its minimum or below (`low`), or above its maximum (`over`), as it is now."""

    sku_id: int
    code: str
    title: str
    location: str
    available: int
    on_hand: int
    minimum: int | None
    maximum: int | None
    low: bool
    over: bool


def register(*, skus: Sequence[Sku], operator: str, now: datetime) -> None:
    """Keep stock of these SKUs, beginning with none; known ones get their new code and title."""
    items = [
        StockItem(sku_id=sku.sku_id, sku_code=sku.code, title=sku.title, product_id=sku.product_id) for sku in skus
    ]
    services().receiving.register(items, Booking("", "register", operator, now))


def forget(*, sku_ids: Sequence[int]) -> bool:
    """Keep stock of these SKUs no longer, as if they had never been.

    False, and nothing changed, if any ever moved or is being counted.
    """
    return services().receiving.forget(sku_ids)


def receive(
    *,
    quantities: Mapping[int, int],
    reference: str,
    reason: str,
    operator: str,
    now: datetime,
    unit_costs_fen: Mapping[int, int] | None = None,
) -> None:
    """Book incoming goods, SKU id → units (> 0), once per `reference`. Raises UnknownSku, MovementRepeated.

    Without one of `unit_costs_fen` a unit is worth what those here cost on average: nothing, where none are.
    """
    booking = Booking(reference, reason, operator, now)
    services().receiving.receive(_moves(quantities), booking, unit_costs_fen=unit_costs_fen)


def available(*, sku_ids: Sequence[int]) -> dict[int, int]:
    """What may still be sold of each SKU, everywhere; one that has no stock row is missing."""
    return services().availability.of(sku_ids)


def alerts(*, location_id: int, sku_ids: Sequence[int]) -> tuple[Alert, ...]:
    """Those of the SKUs that are low or over there at this moment, by code, with one query."""
    return tuple(
        Alert(
            sku_id=row.sku_id,
            code=row.sku_code,
            title=row.title,
            location=row.location,
            available=row.available,
            on_hand=row.on_hand,
            minimum=row.minimum,
            maximum=row.maximum,
            low=row.low,
            over=row.over,
        )
        for row in services().query.beyond_limits(location_id, sku_ids)
    )


def alerted() -> tuple[int, ...]:
    """The active staff who see to it: who may set the limits."""
    return user.who_may(permission=ARRANGE)


def reserve(
    *, quantities: Mapping[int, int], reference: str, operator: str, now: datetime, expires_at: datetime | None = None
) -> None:
    """Promise units to `reference` (an order). Raises `OutOfStock`; call it last, it locks contended rows.

    Without `expires_at` the promise never ends by itself.
    """
    booking = Booking(reference, "order placed", operator, now)
    services().reserving.reserve(_moves(quantities), booking, expires_at=expires_at)


def release(*, reference: str, reason: str, operator: str, now: datetime) -> bool:
    """Give back everything `reference` still holds; False when it holds nothing."""
    return services().reserving.release(Booking(reference, reason, operator, now))


def deduct(*, reference: str, operator: str, now: datetime) -> bool:
    """What `reference` holds leaves the shop; False when it holds nothing. Raises `GoodsExpired`."""
    return services().reserving.deduct(Booking(reference, "shipped", operator, now))


def accept_return(
    *,
    source: str,
    reference: str,
    sellable: Mapping[int, int],
    damaged: Mapping[int, int],
    reason: str,
    operator: str,
    now: datetime,
) -> None:
    """Take back what really came of `source` ("order:…"), SKU id → units (> 0), once per `reference`.

    Sellable units can be sold again, damaged ones stand apart. Raises ReturnedTooMuch, MovementRepeated, BatchNeeded.
    """
    lines = [ReturnLine(sku_id, units) for sku_id, units in sellable.items()]
    lines += [ReturnLine(sku_id, units, damaged=True) for sku_id, units in damaged.items()]
    paper = ReturnPaper(
        source=source, reference=reference, lines=tuple(lines), reason=reason, operator=operator, at=now
    )
    services().returning.accept(paper)


def release_expired_holds(*, now: datetime) -> int:
    """Release promises whose time is over; returns how many. Orders' promises have no end."""
    return services().holding.release_expired(now=now)


def expire_batches(*, now: datetime) -> int:
    """Book batches that have passed their date; returns how many stock rows changed."""
    return services().shelf_life.sweep(now=now)


def _moves(quantities: Mapping[int, int]) -> list[Move]:
    return [Move(sku_id, quantity) for sku_id, quantity in quantities.items()]

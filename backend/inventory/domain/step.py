"""One leg of a movement, worked out on a locked row: what the row and its batches are afterwards, or why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from backend.inventory.domain.batch import UNDATED
from backend.inventory.domain.error import (
    BatchNeeded,
    BatchNotTracked,
    ExpiredOnArrival,
    GoodsExpired,
    GoodsPromised,
    OutOfStock,
    QuantityTooLarge,
    ValueTooLarge,
)
from backend.inventory.domain.ledger import CORRECTING, OUTGOING, MovementKind
from backend.inventory.domain.movement import BatchRef, BookedLeg, Leg, StockLevel
from backend.inventory.domain.shelf import Shelf
from backend.inventory.domain.stock import MAX_QUANTITY, MAX_VALUE_FEN
from backend.inventory.domain.valuation import worth_of_incoming, worth_of_outgoing

# What is named by its batch may be gone through even when it is expired; nothing else takes expired goods.
_MUST_NAME_BATCH = (*CORRECTING, MovementKind.WRITE_OFF)


def step(row: StockLevel, leg: Leg, shelf: Shelf, *, earlier: BookedLeg | None, at: datetime) -> BookedLeg:
    """`earlier` is the leg before, which a following leg takes its goods from. Raises what the row cannot do."""
    if leg.batch is not None and not row.tracked:
        raise BatchNotTracked(errors={str(row.sku_id): {"batch_no": leg.batch.batch_no}})
    if leg.quantity < 0:
        after, batches = _go(row, leg, shelf)
        left_for_good = leg.kind in OUTGOING
        after = replace(after, idle_since=at) if left_for_good else after
    else:
        after, batches = _come(row, leg, shelf, earlier, at)
        after = replace(after, idle_since=at) if row.on_hand == 0 else after
    if leg.kind in CORRECTING:
        after = replace(after, corrected=row.corrected + leg.quantity, corrections=row.corrections + 1)
    if row.tracked:
        after = replace(after, next_expiry_at=shelf.next_expiry(row.key))
    return BookedLeg(leg, row, after, batches)


Batches = tuple[tuple[BatchRef, int], ...]


def _go(row: StockLevel, leg: Leg, shelf: Shelf) -> tuple[StockLevel, Batches]:
    units = -leg.quantity
    if row.tracked and leg.batch is None and leg.kind in _MUST_NAME_BATCH:
        raise BatchNeeded(errors={str(row.sku_id): BatchNeeded.naming("batch_no").errors})
    named = shelf.named(row.key, leg.batch) if leg.batch else None
    expired = units if named is not None and named.expired else 0
    if named is not None and named.on_hand < units:
        raise OutOfStock(errors={str(row.sku_id): {"wanted": units, "available": named.on_hand}})
    _can_go(row, leg, units, expired=expired)
    taken = shelf.take(leg) if row.tracked else []
    value = worth_of_outgoing(units, on_hand=row.on_hand, value_fen=row.value_fen)
    after = replace(
        row,
        on_hand=row.on_hand - units,
        reserved=row.reserved + leg.reserved,
        expired=row.expired - expired,
        value_fen=row.value_fen - value,
    )
    return after, tuple((batch.ref, -many) for batch, many in taken)


def _can_go(row: StockLevel, leg: Leg, units: int, *, expired: int) -> None:
    """Raises `GoodsExpired`, `OutOfStock`, `GoodsPromised`."""
    sku = str(row.sku_id)
    if leg.kind is MovementKind.DEDUCT:
        fresh = row.on_hand - row.expired
        if fresh < units:
            raise GoodsExpired(errors={sku: {"wanted": units, "fresh": fresh}})
    elif leg.kind in (MovementKind.ISSUE, MovementKind.TRANSFER_OUT) and not (
        expired and leg.kind is MovementKind.TRANSFER_OUT
    ):
        if expired or row.free < units:
            raise OutOfStock(errors={sku: {"wanted": units, "available": 0 if expired else max(row.free, 0)}})
    elif row.on_hand < units:
        raise OutOfStock(errors={sku: {"wanted": units, "available": row.on_hand}})
    elif (row.on_hand - row.reserved if expired else row.free) < units:
        # Expired goods keep no promise: what is fresh and promised cannot go because some of them are left.
        raise GoodsPromised(errors={sku: {"wanted": units, "on_hand": row.on_hand, "reserved": row.reserved}})


def _come(
    row: StockLevel, leg: Leg, shelf: Shelf, earlier: BookedLeg | None, at: datetime
) -> tuple[StockLevel, Batches]:
    if row.on_hand + leg.quantity > MAX_QUANTITY:
        raise QuantityTooLarge(maximum=MAX_QUANTITY)
    value = leg.value_fen
    if leg.follows and earlier is not None:
        value = -earlier.value_fen
    if value is None:
        value = worth_of_incoming(leg.quantity, cost_fen=leg.cost_fen, on_hand=row.on_hand, value_fen=row.value_fen)
    if row.value_fen + value > MAX_VALUE_FEN:
        raise ValueTooLarge
    batches = _batches_of(leg, earlier) if row.tracked else ()
    expired = sum(many for ref, many in batches if shelf.put(leg, ref, many, now=at).expired)
    if expired and leg.kind is MovementKind.RECEIVE:
        raise ExpiredOnArrival(errors={str(row.sku_id): ExpiredOnArrival.naming("expires_on").errors})
    after = replace(
        row,
        on_hand=row.on_hand + leg.quantity,
        expired=row.expired + expired,
        value_fen=row.value_fen + value,
    )
    return after, batches


def _batches_of(leg: Leg, earlier: BookedLeg | None) -> Batches:
    if leg.follows and earlier is not None:
        return tuple((ref, -many) for ref, many in earlier.batches)
    if leg.batches:
        return leg.batches
    if leg.batch is None or (leg.kind is MovementKind.RECEIVE and leg.batch.batch_no == UNDATED):
        raise BatchNeeded(errors={str(leg.sku_id): BatchNeeded.naming("batch_no").errors})
    return ((leg.batch, leg.quantity),)

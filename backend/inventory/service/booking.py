"""The one way stock moves: conditional update, levels, ledger, and the fact when availability crossed zero."""

from __future__ import annotations

from collections.abc import Sequence

from backend.inventory.domain.error import OutOfStock
from backend.inventory.domain.ledger import MovementKind
from backend.inventory.domain.movement import Move, crossed_availability
from backend.inventory.events import AvailabilityChanged
from backend.inventory.repository.stock import Booking, StockRepository
from kit.db.error import RunAgain
from kit.event.outbox import add_event


def book(stock: StockRepository, kind: MovementKind, moves: Sequence[Move], booking: Booking) -> None:
    """Move all of `moves` (merged, sorted) or raise `OutOfStock` naming what is left; call inside a use case, last."""
    ids = [move.sku_id for move in moves]
    if not stock.move(kind, moves, at=booking.at):
        shortages = _shortages(moves, stock.available(ids))
        if not shortages:
            # Somebody gave stock back between the refused update and the look at it.
            raise RunAgain
        raise OutOfStock(errors=shortages)
    levels = stock.levels(ids)
    stock.write_ledger(kind, moves, levels, booking)
    crossed = tuple(move.sku_id for move in moves if crossed_availability(levels[move.sku_id], kind, move.quantity))
    if crossed:
        add_event(AvailabilityChanged(sku_ids=crossed), at=booking.at)


def _shortages(moves: Sequence[Move], available: dict[int, int]) -> dict[str, object]:
    return {
        str(move.sku_id): {"wanted": move.quantity, "available": available.get(move.sku_id, 0)}
        for move in moves
        if available.get(move.sku_id, 0) < move.quantity
    }

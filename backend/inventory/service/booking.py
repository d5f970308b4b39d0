"""The one way promises move: conditional update, levels, ledger, and what others must hear."""

from __future__ import annotations

from collections.abc import Sequence

from backend.inventory.domain.ledger import MovementKind
from backend.inventory.domain.movement import Booking, Move, before
from backend.inventory.repository.stock import StockRepository
from backend.inventory.service.announcing import announce


def promise(stock: StockRepository, kind: MovementKind, moves: Sequence[Move], booking: Booking) -> bool:
    """Promise or give back all of `moves` (merged); False when a row does not allow it, and nothing has moved then."""
    if not stock.move(kind, moves, at=booking.at):
        return False
    levels = stock.levels_of([move.key for move in moves])
    stock.write_ledger(kind, moves, levels, booking)
    announce(((before(levels[move.key], kind, move.quantity), levels[move.key]) for move in moves), at=booking.at)
    return True

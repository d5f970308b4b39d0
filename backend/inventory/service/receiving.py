"""Goods come in."""

from __future__ import annotations

from collections.abc import Sequence

from backend.inventory.domain.error import QuantityTooLarge, UnknownSku
from backend.inventory.domain.ledger import MovementKind
from backend.inventory.domain.movement import Move, merged
from backend.inventory.domain.stock import MAX_QUANTITY, StockItem
from backend.inventory.repository.stock import Booking, StockRepository
from backend.inventory.service.booking import book
from kit.service.transaction import transactional


class Receiving:
    """Takes new SKUs under management and books incoming goods."""

    def __init__(self, stock: StockRepository) -> None:
        self.stock = stock

    @transactional
    def register(self, items: Sequence[StockItem], booking: Booking) -> None:
        """Keep stock for these SKUs from now on; an already known one only gets its new code and title."""
        self.stock.create_missing(items, at=booking.at)

    @transactional
    def forget(self, sku_ids: Sequence[int]) -> bool:
        """Strike SKUs that were registered and nothing else; False when the ledger knows one of them."""
        if self.stock.ever_moved(sku_ids):
            return False
        self.stock.strike(sku_ids)
        return True

    @transactional
    def receive(self, moves: Sequence[Move], booking: Booking) -> None:
        """Book incoming goods. Raises `UnknownSku`, `QuantityTooLarge`, `MovementRepeated`; then nothing has moved."""
        wanted = merged(moves)
        levels = self.stock.levels([move.sku_id for move in wanted])
        missing = [move.sku_id for move in wanted if move.sku_id not in levels]
        if missing:
            raise UnknownSku(errors={str(sku_id): ["unknown"] for sku_id in missing})
        if any(levels[move.sku_id].on_hand + move.quantity > MAX_QUANTITY for move in wanted):
            raise QuantityTooLarge(maximum=MAX_QUANTITY)
        book(self.stock, MovementKind.RECEIVE, wanted, booking)

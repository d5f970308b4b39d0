"""SKUs come under management, and other contexts' goods come in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backend.inventory.domain.ledger import MovementKind
from backend.inventory.domain.movement import Booking, Leg, Move, merged
from backend.inventory.domain.stock import StockItem
from backend.inventory.service.goods import Goods
from kit.service.transaction import transactional


class Receiving:
    """Takes new SKUs under management and books goods without a document: another context's paper stands for them."""

    def __init__(self, goods: Goods) -> None:
        self.goods = goods

    @transactional
    def register(self, items: Sequence[StockItem], booking: Booking) -> None:
        """Keep stock for these SKUs from now on; an already known one only gets its new code and title."""
        self.goods.stock.create_missing(items, at=booking.at)

    @transactional
    def forget(self, sku_ids: Sequence[int]) -> bool:
        """Strike SKUs that were registered and nothing else; False when ledger or an open count knows one of them."""
        if self.goods.stock.ever_known(sku_ids):
            return False
        self.goods.stock.strike(sku_ids)
        return True

    @transactional
    def receive(
        self, moves: Sequence[Move], booking: Booking, *, unit_costs_fen: Mapping[int, int] | None = None
    ) -> None:
        """Book incoming goods, each SKU's at its cost.

        Raises `UnknownSku`, `QuantityTooLarge`, `MovementRepeated`; then nothing has moved.
        """
        costs = unit_costs_fen or {}
        wanted = [
            Leg(
                MovementKind.RECEIVE,
                move.sku_id,
                move.location_id,
                move.quantity,
                cost_fen=costs.get(move.sku_id),
            )
            for move in merged(moves)
        ]
        self.goods.book(wanted, booking)

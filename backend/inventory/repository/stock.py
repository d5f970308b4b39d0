"""Moves stock: all SKUs of a movement in one conditional UPDATE, then one SELECT, then one multi-row ledger INSERT."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from backend.inventory.domain.error import MovementRepeated
from backend.inventory.domain.ledger import LedgerEntry, MovementKind
from backend.inventory.domain.movement import EFFECTS, Move, StockLevel
from backend.inventory.domain.stock import DEFAULT_LOCATION, Stock, StockItem
from kit.db.changed import changed
from kit.db.error import is_duplicate
from kit.domain.identity import new_id
from kit.repository.base import Repository


@dataclass(frozen=True)
class Booking:
    """Why and by whom stock moves; written into every ledger row of the movement."""

    reference: str
    reason: str
    operator: str
    at: datetime


class StockRepository(Repository[Stock]):
    """The stock rows of the default location, and their ledger."""

    entity = Stock

    def levels(self, sku_ids: Sequence[int]) -> dict[int, StockLevel]:
        """Current levels of the SKUs that have a stock row."""
        query = select(Stock.sku_id, Stock.on_hand, Stock.reserved).where(
            Stock.sku_id.in_(sku_ids), Stock.location_id == DEFAULT_LOCATION
        )
        return {row.sku_id: StockLevel(row.sku_id, row.on_hand, row.reserved) for row in self.session.execute(query)}

    def available(self, sku_ids: Sequence[int]) -> dict[int, int]:
        """What may still be sold of each SKU that has a stock row."""
        return {sku_id: level.available for sku_id, level in self.levels(sku_ids).items()}

    def create_missing(self, items: Sequence[StockItem], *, at: datetime) -> None:
        """Give every item a row with nothing on it, unless it has one; refresh code and title snapshots."""
        ids = [item.sku_id for item in items]
        known = {item.sku_id: item for item in self.session.scalars(select(StockItem).where(StockItem.sku_id.in_(ids)))}
        for item in items:
            if item.sku_id in known:
                known[item.sku_id].sku_code = item.sku_code
                known[item.sku_id].title = item.title
        fresh = [item for item in items if item.sku_id not in known]
        self.session.add_all(fresh)
        self.session.add_all(
            Stock(sku_id=item.sku_id, location_id=DEFAULT_LOCATION, on_hand=0, reserved=0, updated_at=at)
            for item in fresh
        )
        self.session.flush()

    def ever_moved(self, sku_ids: Sequence[int]) -> bool:
        """True when the ledger knows one of the SKUs; none of them moves until the commit."""
        held = select(Stock.sku_id).where(Stock.sku_id.in_(sku_ids)).order_by(Stock.sku_id).with_for_update()
        self.session.execute(held).all()
        known = select(LedgerEntry.id).where(LedgerEntry.sku_id.in_(sku_ids)).limit(1)
        return self.session.scalar(known) is not None

    def strike(self, sku_ids: Sequence[int]) -> None:
        """Delete the rows of SKUs that never moved."""
        for table in (Stock, StockItem):
            statement = delete(table).where(table.sku_id.in_(sku_ids))
            self.session.execute(statement, execution_options={"synchronize_session": False})

    def move(self, kind: MovementKind, moves: Sequence[Move], *, at: datetime) -> bool:
        """Apply `moves` (merged, sorted) if every row allows it; else change nothing and return False.

        The condition is part of the UPDATE: no read before it can be out of date.
        """
        connection = self.session.connection()
        if len(moves) > 1:
            # Only some rows may pass the condition; going back to here shows the true levels of all of them.
            connection.exec_driver_sql("SAVEPOINT stock_move")
        effect = EFFECTS[kind]
        quantity = case({move.sku_id: move.quantity for move in moves}, value=Stock.sku_id, else_=0)
        statement = update(Stock).where(
            Stock.sku_id.in_([move.sku_id for move in moves]), Stock.location_id == DEFAULT_LOCATION
        )
        if kind is MovementKind.RESERVE:
            statement = statement.where(Stock.on_hand - Stock.reserved >= quantity)
        elif effect.reserved < 0:
            statement = statement.where(Stock.reserved >= quantity)
        values = {"updated_at": at}
        if effect.on_hand:
            values["on_hand"] = Stock.on_hand + effect.on_hand * quantity  # type: ignore[assignment]  # a column expression, where the class says int
        if effect.reserved:
            values["reserved"] = Stock.reserved + effect.reserved * quantity  # type: ignore[assignment]  # a column expression, where the class says int
        complete = changed(self.session, statement.values(values)) == len(moves)
        if not complete and len(moves) > 1:
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT stock_move")
        return complete

    def write_ledger(
        self, kind: MovementKind, moves: Sequence[Move], levels: dict[int, StockLevel], booking: Booking
    ) -> None:
        """One row per SKU; `levels` are those after the movement. Raises `MovementRepeated`."""
        effect = EFFECTS[kind]
        rows = [
            {
                "id": new_id(),
                "sku_id": move.sku_id,
                "location_id": DEFAULT_LOCATION,
                "kind": kind,
                "on_hand_before": levels[move.sku_id].on_hand - effect.on_hand * move.quantity,
                "on_hand_delta": effect.on_hand * move.quantity,
                "on_hand_after": levels[move.sku_id].on_hand,
                "reserved_before": levels[move.sku_id].reserved - effect.reserved * move.quantity,
                "reserved_delta": effect.reserved * move.quantity,
                "reserved_after": levels[move.sku_id].reserved,
                "reference": booking.reference,
                "reason": booking.reason,
                "operator": booking.operator,
                "created_at": booking.at,
            }
            for move in moves
        ]
        try:
            self.session.execute(insert(LedgerEntry), rows)
        except IntegrityError as error:
            if is_duplicate(error):
                raise MovementRepeated from None
            raise

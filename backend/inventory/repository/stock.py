"""Moves promises: all rows of an order in one conditional UPDATE, then one SELECT, then one multi-row ledger INSERT."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, Update, and_, case, delete, insert, literal, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute

from backend.inventory.domain.count import Count, CountLine, CountState
from backend.inventory.domain.error import MovementRepeated
from backend.inventory.domain.ledger import LedgerEntry, MovementKind
from backend.inventory.domain.movement import PROMISED, Booking, Key, Move, StockLevel
from backend.inventory.domain.stock import DEFAULT_LOCATION, Stock, StockItem
from kit.db.changed import changed
from kit.db.error import is_duplicate
from kit.domain.identity import new_id
from kit.repository.base import Repository

T = TypeVar("T", Select[*tuple[Any, ...]], Update)


_BY_KEY = "FORCE INDEX (PRIMARY)"


def in_order(statement: T) -> T:
    """Find, and so lock, stock rows by their key, in its order.

    Left alone, MariaDB reads an index that begins with the location, and holds its entries while it waits for a row
    that somebody else is about to change: six bursts of 26 movements lost 120 attempts to deadlocks, with the hint 4.
    """
    for dialect in ("mysql", "mariadb"):
        if isinstance(statement, Select):
            statement = statement.with_hint(Stock, _BY_KEY, dialect)
        else:
            statement = statement.with_hint(_BY_KEY, Stock, dialect)
    return statement


LEVEL = tuple(
    Stock.__table__.columns[name] for name in StockLevel.__dataclass_fields__ if name in Stock.__table__.columns
)


def rows_with(keys: Iterable[Key]) -> ColumnElement[bool]:
    """These stock rows."""
    places: dict[int, list[int]] = {}
    for sku_id, location_id in keys:
        places.setdefault(location_id, []).append(sku_id)
    return or_(*(and_(Stock.sku_id.in_(skus), Stock.location_id == place) for place, skus in places.items()))


def by_key(values: Mapping[Key, Any], column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """The value of each row, typed as `column`."""
    places: dict[int, dict[int, Any]] = {}
    for (sku_id, location_id), value in values.items():
        places.setdefault(location_id, {})[sku_id] = literal(value, column.type)
    cases = [(Stock.location_id == place, case(skus, value=Stock.sku_id)) for place, skus in places.items()]
    return cases[0][1] if len(cases) == 1 else case(*cases)


class StockRepository(Repository[Stock]):
    """The stock rows, and the promises on their ledger."""

    entity = Stock

    def levels_of(self, keys: Collection[Key]) -> dict[Key, StockLevel]:
        """These rows, as they are now."""
        return self._read(select(*LEVEL).where(rows_with(keys))) if keys else {}

    def everywhere(self, sku_ids: Collection[int]) -> list[StockLevel]:
        """The rows of these SKUs at all locations."""
        return list(self._read(select(*LEVEL).where(Stock.sku_id.in_(sku_ids))).values())

    def lock(self, keys: Collection[Key]) -> dict[Key, StockLevel]:
        """These rows as they are now, held until the commit, in the order of their keys."""
        query = select(*LEVEL).where(rows_with(keys)).order_by(Stock.sku_id, Stock.location_id).with_for_update()
        return self._read(in_order(query))

    def items(self, sku_ids: Collection[int]) -> dict[int, StockItem]:
        """What people call these SKUs; unknown ones are missing."""
        found = self.session.scalars(select(StockItem).where(StockItem.sku_id.in_(sku_ids)))
        return {item.sku_id: item for item in found}

    def _read(self, query: Any) -> dict[Key, StockLevel]:
        rows = (StockLevel(**row) for row in self.session.execute(query).mappings())
        return {row.key: row for row in rows}

    def create_missing(self, items: Sequence[StockItem], *, at: datetime) -> None:
        """Give every item a row with nothing on it, unless it has one; refresh code and title snapshots."""
        ids = [item.sku_id for item in items]
        known = {item.sku_id: item for item in self.session.scalars(select(StockItem).where(StockItem.sku_id.in_(ids)))}
        for item in items:
            if item.sku_id in known:
                known[item.sku_id].sku_code = item.sku_code
                known[item.sku_id].title = item.title
                known[item.sku_id].product_id = item.product_id
        fresh = [item for item in items if item.sku_id not in known]
        self.session.add_all(fresh)
        self.session.add_all(
            Stock(sku_id=item.sku_id, location_id=DEFAULT_LOCATION, on_hand=0, reserved=0, updated_at=at)
            for item in fresh
        )
        self.session.flush()

    def ever_known(self, sku_ids: Sequence[int]) -> bool:
        """True when the ledger or an open count sheet knows one of the SKUs.

        Until the commit none of them moves, gets a row at another location, or a line of a sheet.
        """
        for table in (StockItem, Stock):
            held = select(table.sku_id).where(table.sku_id.in_(sku_ids)).order_by(table.sku_id).with_for_update()
            self.session.execute(held).all()
        moved = select(LedgerEntry.id).where(LedgerEntry.sku_id.in_(sku_ids)).limit(1)
        counted = (
            select(CountLine.id)
            .join(Count, Count.id == CountLine.count_id)
            .where(Count.state == CountState.OPEN, CountLine.sku_id.in_(sku_ids))
            .limit(1)
        )
        return self.session.scalar(moved) is not None or self.session.scalar(counted) is not None

    def strike(self, sku_ids: Sequence[int]) -> None:
        """Delete the rows of SKUs that never moved."""
        for table in (Stock, StockItem):
            statement = delete(table).where(table.sku_id.in_(sku_ids))
            self.session.execute(statement, execution_options={"synchronize_session": False})

    def move(self, kind: MovementKind, moves: Sequence[Move], *, at: datetime) -> bool:
        """Promise or give back `moves` (merged) if every row allows it; else change nothing and return False.

        The condition is part of the UPDATE: no read before it can be out of date. A row with a batch whose date has
        passed since the last look allows no promise.
        """
        connection = self.session.connection()
        if len(moves) > 1:
            # Only some rows may pass the condition; going back to here shows the true levels of all of them.
            connection.exec_driver_sql("SAVEPOINT stock_move")
        quantity = by_key({move.key: move.quantity for move in moves}, Stock.reserved)
        delta = PROMISED[kind] * quantity
        statement = in_order(update(Stock)).where(rows_with([move.key for move in moves]))
        if kind is MovementKind.RESERVE:
            statement = statement.where(
                Stock.sellable,
                Stock.on_hand - Stock.expired - Stock.reserved >= quantity,
                or_(Stock.next_expiry_at.is_(None), Stock.next_expiry_at > at),
            )
        else:
            statement = statement.where(Stock.reserved >= quantity)
        low = case((Stock.on_hand - Stock.expired - Stock.reserved - delta <= Stock.minimum, True), else_=False)
        # `low` first: MySQL evaluates from left to right and would see the new `reserved`, SQLite sees the old one.
        statement = statement.ordered_values(
            (Stock.low, low), (Stock.reserved, Stock.reserved + delta), (Stock.updated_at, at)
        )
        complete = changed(self.session, statement) == len(moves)
        if not complete and len(moves) > 1:
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT stock_move")
        return complete

    def write_ledger(
        self, kind: MovementKind, moves: Sequence[Move], levels: Mapping[Key, StockLevel], booking: Booking
    ) -> None:
        """One row per promise; `levels` are those after it. Raises `MovementRepeated`."""
        self.write_entries(
            {
                "sku_id": move.sku_id,
                "location_id": move.location_id,
                "kind": kind,
                "on_hand_before": levels[move.key].on_hand,
                "on_hand_delta": 0,
                "on_hand_after": levels[move.key].on_hand,
                "reserved_before": levels[move.key].reserved - PROMISED[kind] * move.quantity,
                "reserved_delta": PROMISED[kind] * move.quantity,
                "reserved_after": levels[move.key].reserved,
                "value_delta_fen": 0,
                "line": 0,
                "reference": booking.reference,
                "reason": booking.reason,
                "operator": booking.operator,
                "created_at": booking.at,
            }
            for move in moves
        )

    def write_entries(self, entries: Iterable[dict[str, Any]]) -> None:
        """Append rows to the ledger with one statement. Raises `MovementRepeated`."""
        try:
            self.session.execute(insert(LedgerEntry), [{"id": new_id()} | entry for entry in entries])
        except IntegrityError as error:
            if is_duplicate(error):
                raise MovementRepeated from None
            raise

"""Twenty buyers, five units: five orders, never six."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from backend.inventory.domain.error import OutOfStock
from backend.inventory.domain.ledger import MovementKind
from backend.inventory.domain.movement import Move
from backend.inventory.domain.reservation import Reservation
from backend.inventory.domain.stock import Stock
from backend.inventory.repository.stock import StockRepository
from backend.order.domain.order import Order
from kit.db.extension import db
from tests.factories.catalog import ProductFixture, make_product
from tests.factories.order import make_buyer, place
from tests.support.fresh import fresh_session
from tests.support.threads import at_once

pytestmark = pytest.mark.mysql_only
BUYERS, UNITS = 20, 5


def race(app: Flask) -> tuple[list[object], ProductFixture]:
    product = make_product(price_fen=5000, stock=UNITS)
    buyers = [make_buyer() for _ in range(BUYERS)]
    results = at_once(app, [lambda buyer=buyer: place(buyer, product) for buyer in buyers])
    fresh_session()
    return results, product


def count(column: object) -> int:
    return int(db.session.scalar(select(func.count()).select_from(column)) or 0)  # type: ignore[arg-type]  # any mapped class


def test_exactly_as_many_orders_are_placed_as_there_are_units(app: Flask) -> None:
    results, product = race(app)
    assert sum(isinstance(result, Order) for result in results) == UNITS
    assert sum(isinstance(result, OutOfStock) for result in results) == BUYERS - UNITS
    stock = db.session.scalars(select(Stock).where(Stock.sku_id == product.sku_id)).one()
    assert (stock.on_hand, stock.reserved) == (UNITS, UNITS)
    assert (count(Order), count(Reservation)) == (UNITS, UNITS)


def test_control_reading_first_and_writing_afterwards_sells_what_is_not_there(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard off: what a plain check before a plain write does."""

    guarded = StockRepository.move

    def naive(self: StockRepository, kind: MovementKind, moves: Sequence[Move], *, at: datetime) -> bool:
        if kind is not MovementKind.RESERVE:
            return guarded(self, kind, moves, at=at)
        (move,) = moves
        level = self.levels_of([move.key])[move.key]
        if level.available < move.quantity:
            return False
        write = update(Stock).where(Stock.sku_id == move.sku_id).values(reserved=level.reserved + move.quantity)
        self.session.execute(write, execution_options={"synchronize_session": False})
        return True

    monkeypatch.setattr(StockRepository, "move", naive)
    results, _ = race(app)
    assert sum(isinstance(result, Order) for result in results) > UNITS

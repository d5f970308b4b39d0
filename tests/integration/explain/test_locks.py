"""Stock rows are found, and so locked, by their key: an index that begins with the location deadlocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, insert, text

from backend.inventory.domain.ledger import MovementKind
from backend.inventory.domain.movement import Move
from backend.inventory.domain.paper import Line
from backend.inventory.domain.stock import Stock, StockItem
from backend.inventory.repository import goods, stock
from backend.inventory.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.service.transaction import in_transaction
from tests.factories.stockroom import transfer

pytestmark = [pytest.mark.mysql_only, pytest.mark.commits]
ROWS = 3000


def goods_everywhere() -> None:
    """A shop with two locations."""
    now = utc_now()
    items = [{"sku_id": number, "sku_code": f"S-{number}", "title": "x"} for number in range(1, ROWS)]
    row = {"on_hand": 5, "reserved": 0, "updated_at": now, "idle_since": now}
    rows = [row | {"sku_id": number, "location_id": place} for number in range(1, ROWS) for place in (1, 2)]
    in_transaction(lambda: [db.session.execute(insert(StockItem), items), db.session.execute(insert(Stock), rows)])
    db.session.execute(text("ANALYZE TABLE inv_stock"))


def used_keys(work: Callable[[], Any]) -> list[str | None]:
    """The index of every statement of `work` that locks stock rows."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.endswith("FOR UPDATE") or statement.startswith("UPDATE inv_stock"):
            seen.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    connection = db.session.connection()
    plans = [connection.exec_driver_sql(f"EXPLAIN {statement}", parameters) for statement, parameters in seen]
    return [row["key"] for plan in plans for row in plan.mappings()]


def promise() -> None:
    """What an order of two SKUs does first."""
    moves = [Move(number, 1) for number in (7, 1500)]
    in_transaction(lambda: services().stock.move(MovementKind.RESERVE, moves, at=utc_now()))


def test_rows_are_locked_by_their_key(app: Flask) -> None:
    goods_everywhere()
    assert used_keys(lambda: transfer(Line(7, 1), Line(1500, 1), to=2)) == ["PRIMARY", "PRIMARY"]
    assert used_keys(promise) == ["PRIMARY"]


def test_control_left_alone_mariadb_takes_another_index(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    if not db.engine.dialect.is_mariadb:
        pytest.skip("MySQL 8 takes the key by itself")
    goods_everywhere()
    for module in (stock, goods):
        monkeypatch.setattr(module, "in_order", lambda statement: statement)
    assert set(used_keys(lambda: transfer(Line(7, 1), Line(1500, 1), to=2))) != {"PRIMARY"}

"""`flask inventory verify` finds whatever somebody changed past the application; each check has its control."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, text, update

from backend.inventory.domain.batch import Batch
from backend.inventory.domain.ledger import LedgerEntry
from backend.inventory.domain.paper import Line
from backend.inventory.domain.reservation import Reservation
from backend.inventory.domain.stock import Stock, StockItem
from backend.inventory.service import verification
from backend.inventory.wiring import services
from kit.db.extension import db
from kit.service.transaction import in_transaction
from tests.factories.inventory import new_sku, reserve
from tests.factories.stockroom import deviations, inbound, new_location, set_limits, tracked_sku, transfer
from tests.support.fresh import fresh_session

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def sku_id() -> int:
    """Dated goods at two locations, some promised."""
    sku_id = tracked_sku(("GONE", -1, 2), ("FRESH", 9, 7))
    transfer(Line(sku_id, 2), to=new_location())
    reserve({sku_id: 3})
    set_limits(sku_id, minimum=1, maximum=50)
    new_sku(units=4)
    return sku_id


def tamper(statement: Any) -> None:
    """As somebody with a database client would."""
    in_transaction(lambda: db.session.execute(statement, execution_options={"synchronize_session": False}))
    fresh_session()


def test_books_that_add_up_have_no_deviation(sku_id: int) -> None:
    assert deviations() == []


STOCK = update(Stock).where(Stock.location_id == 1, Stock.tracked)
TAMPERED: dict[str, tuple[Any, str]] = {
    "on hand": (STOCK.values(on_hand=Stock.on_hand + 1), "on_hand is 8, the sum of its ledger is 7"),
    "batches": (STOCK.values(on_hand=Stock.on_hand + 1), "the sum of its batches is 7, on_hand is 8"),
    "reserved": (STOCK.values(reserved=Stock.reserved + 1), "reserved is 4, the sum of its ledger is 3"),
    "promises": (STOCK.values(reserved=Stock.reserved - 1), "reserved is 2, the sum of its open reservations is 3"),
    "a lost promise": (delete(Reservation), "reserved is 3, the sum of its open reservations is 0"),
    "worth": (STOCK.values(value_fen=7), "value_fen is 7, the sum of its ledger is 0"),
    "a lost movement": (
        delete(LedgerEntry).where(LedgerEntry.kind == "reserve"),
        "reserved is 3, the sum of its ledger is 0",
    ),
    "expired": (STOCK.values(expired=0), "expired is 0, the sum of its expired batches is 2"),
    "a lost batch": (
        delete(Batch).where(Batch.location_id == 1, Batch.batch_no == "FRESH"),
        "the sum of its batches is 2, on_hand is 7",
    ),
    "for sale": (STOCK.values(sellable=False), "sellable is false, what its location says is true"),
    "tracked": (update(StockItem).values(tracked=False), "tracked is true, what its SKU says is false"),
    "low": (STOCK.values(low=True), "low is true, what its minimum says is false"),
    "over": (STOCK.values(over=True), "over is true, what its maximum says is false"),
    "the next date": (
        STOCK.values(next_expiry_at=None),
        "next_expiry_at is None, the end of its next batch's last day is",
    ),
    "a lost row": (
        delete(Stock).where(Stock.tracked, Stock.location_id == 1),
        "the ledger and open reservations of 3 and batches of 7 know it, and no stock row does",
    ),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_control_whatever_is_changed_past_the_application_is_found(app: Flask, sku_id: int, how: str) -> None:
    statement, sentence = TAMPERED[how]
    tamper(statement)
    result = app.test_cli_runner().invoke(args=["inventory", "verify"])
    assert result.exit_code == 1
    begin = f"SKU {sku_id} at location 1: "
    found = [line for line in result.output.splitlines() if line.startswith(begin) and sentence in line]
    assert len(found) == 1, result.output
    assert found[0].rpartition(". ")[2] != ""


@pytest.mark.parametrize(
    ("left", "sentence"),
    [
        ((LedgerEntry,), "the ledger knows it, and no stock row does"),
        ((Reservation,), "open reservations of 3 know it, and no stock row does"),
        ((Batch,), "batches of 7 know it, and no stock row does"),
    ],
)
def test_control_whatever_has_no_stock_row_is_found(sku_id: int, left: tuple[Any, ...], sentence: str) -> None:
    for table in {Stock, LedgerEntry, Reservation, Batch} - set(left):
        tamper(delete(table))
    assert any(f"SKU {sku_id} at location 1: {sentence}" in line for line in deviations())


@pytest.fixture
def unchecked(sku_id: int, database_kind: str) -> Iterator[int]:
    """No CHECK: as in a table that was copied from somewhere. On MySQL it is one, and hides the real one from here."""
    if database_kind == "sqlite":
        before, after = ["PRAGMA ignore_check_constraints = ON"], ["PRAGMA ignore_check_constraints = OFF"]
    else:
        names = {"copy_of_stock": "inv_stock", "inv_stock": "copy_of_stock"}
        before = [f"CREATE TEMPORARY TABLE {name} AS SELECT * FROM {source}" for name, source in names.items()]
        after = [f"DROP TEMPORARY TABLE {name}" for name in names]
    for statement in before:
        db.session.execute(text(statement))
    yield sku_id
    for statement in after:
        db.session.execute(text(statement))


def test_control_more_reserved_than_there_is(unchecked: int) -> None:
    tamper(STOCK.values(reserved=9))
    assert any(f"SKU {unchecked} at location 1: reserved is 9 of 7 on hand" in line for line in deviations())


def test_the_command_says_that_all_is_well(app: Flask, sku_id: int) -> None:
    result = app.test_cli_runner().invoke(args=["inventory", "verify"])
    assert (result.exit_code, result.output) == (0, "the books add up\n")


def test_every_chunk_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "_AT_ONCE", 2)
    skus = [new_sku(units=1) for _ in range(5)]
    for sku_id in skus:
        inbound(Line(sku_id, 1))
    tamper(update(Stock).values(on_hand=3))
    found = [deviation.sku_id for deviation in services().verification.deviations()]
    assert found == skus

"""What an installation has in its stock survives 0004, and the way back."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kit.db.extension import db

AT = "2026-11-01 08:00:00.000"


def run(statement: str) -> list[dict[str, Any]]:
    """In a transaction of its own."""
    with db.engine.begin() as connection:
        result = connection.execute(text(statement))
        return [dict(row) for row in result.mappings()] if result.returns_rows else []


def old_shop() -> None:
    """At 0003: one SKU, received and promised."""
    upgrade(revision="0003")
    run("INSERT INTO inv_item VALUES (7, 'S-7', '苹果')")
    run(f"INSERT INTO inv_stock VALUES (7, 1, 5, 2, '{AT}')")
    ledger = "INSERT INTO inv_ledger VALUES ({}, 7, 1, '{}', {}, '{}', 'x', 'staff:1', '" + AT + "')"
    run(ledger.format(1, "receive", "0, 5, 5, 0, 0, 0", "import:initial"))
    run(ledger.format(2, "reserve", "5, 0, 5, 0, 2, 2", "order:1"))
    run(f"INSERT INTO inv_reservation VALUES (1, 'order:1', 7, 1, 2, 'open', '{AT}', NULL)")


def test_stock_survives_and_verifies(fresh_app: Flask) -> None:
    old_shop()
    upgrade()
    (row,) = run("SELECT * FROM inv_stock")
    assert (row["on_hand"], row["reserved"], row["expired"], row["value_fen"]) == (5, 2, 0, 0)
    assert (bool(row["sellable"]), bool(row["tracked"]), str(row["idle_since"])[:19]) == (True, False, AT[:19])
    assert [place["code"] for place in run("SELECT code FROM inv_location ORDER BY id")] == ["MAIN", "DAMAGED"]
    assert [row["line"] for row in run("SELECT line FROM inv_ledger ORDER BY id")] == [0, 0]
    result = fresh_app.test_cli_runner().invoke(args=["inventory", "verify"])
    assert result.output == "the books add up\n"


IMPOSSIBLE = (
    "UPDATE inv_stock SET on_hand = 1",
    "UPDATE inv_stock SET expired = 6",
    "UPDATE inv_stock SET value_fen = -1",
    "UPDATE inv_stock SET minimum = 5, maximum = 4",
    "UPDATE inv_ledger SET kind = 'lost'",
    "UPDATE inv_ledger SET on_hand_after = 9",
    "UPDATE inv_reservation SET returned = 3",
    "UPDATE inv_reservation SET quantity = 0",
    "UPDATE inv_reservation SET state = 'gone'",
    "UPDATE inv_ledger SET kind = 'receive', reference = 'import:initial'",
)


def refused(statement: str) -> bool:
    """By a constraint, which takes it back."""
    try:
        run(statement)
    except DBAPIError:
        return True
    return False


def test_old_and_new_constraints_hold_afterwards(fresh_app: Flask) -> None:
    old_shop()
    upgrade()
    assert not refused("UPDATE inv_stock SET on_hand = on_hand")
    assert [statement for statement in IMPOSSIBLE if not refused(statement)] == []


def test_the_way_back_keeps_levels_and_sums(fresh_app: Flask) -> None:
    old_shop()
    upgrade()
    columns = (
        "id, sku_id, location_id, kind, on_hand_before, on_hand_delta, on_hand_after, reserved_before, reserved_delta, "
        "reserved_after, reference, line, reason, operator, created_at"
    )
    for number, kind, line in ((3, "issue", 1), (4, "write_off", 1), (5, "write_off", 2)):
        levels = f"{8 - number}, -1, {7 - number}, 2, 0, 2" if number < 5 else "3, 0, 3, 2, 0, 2"
        run(
            f"INSERT INTO inv_ledger ({columns}) VALUES "
            f"({number}, 7, 1, '{kind}', {levels}, 'document:X', {line}, 'x', 'staff:1', '{AT}')"
        )
    downgrade(revision="0003")
    kinds = run("SELECT kind, on_hand_delta FROM inv_ledger ORDER BY id")
    assert [row["kind"] for row in kinds] == ["receive", "reserve", "deduct", "deduct", "receive"]
    assert sum(row["on_hand_delta"] for row in kinds) == 3
    assert run("SELECT on_hand, reserved FROM inv_stock") == [{"on_hand": 5, "reserved": 2}]

"""What a pooled connection costs, and that nothing of one user reaches the next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from pymysql.connections import Connection as DriverConnection
from pymysql.constants import COMMAND
from sqlalchemy import Engine, create_engine, event, func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from backend.inventory.domain.stock import Stock
from kit.db import pooling
from kit.db.extension import db, engine_options
from kit.db.pooling import listen_to_mysql_pool
from kit.service.transaction import in_transaction
from tests.integration.kit.rows import add_one, stocked

pytestmark = [pytest.mark.commits, pytest.mark.mysql_only]


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Everything that is sent to the server from now on; a ping is ``PING``."""
    sent: list[str] = []
    send = DriverConnection._execute_command

    def listening(self: DriverConnection, command: int, sql: Any) -> Any:
        text = sql if isinstance(sql, str) else bytes(sql).decode("utf-8", "replace")
        sent.append("PING" if command == COMMAND.COM_PING else text.split()[0])
        return send(self, command, sql)

    monkeypatch.setattr(DriverConnection, "_execute_command", listening)
    return sent


@pytest.fixture
def one_connection(app: Flask) -> Iterator[Engine]:
    """A pool of a single connection, set up as the application's."""
    options = engine_options(db.engine.url.render_as_string(hide_password=False))
    engine = create_engine(db.engine.url, **options | {"pool_size": 1, "max_overflow": 0})
    listen_to_mysql_pool(engine)
    yield engine
    engine.dispose()


def test_a_use_case_costs_its_statements_and_a_commit(app: Flask, commands: list[str]) -> None:
    stocked(1)
    in_transaction(lambda: add_one(1))
    commands.clear()
    in_transaction(lambda: add_one(1))
    assert commands == ["UPDATE", "COMMIT"]


def test_what_was_read_before_it_costs_nothing_more(app: Flask, commands: list[str]) -> None:
    stocked(1)
    db.session.rollback()
    commands.clear()
    db.session.scalars(select(Stock.on_hand)).all()
    in_transaction(lambda: add_one(1))
    assert commands == ["SELECT", "UPDATE", "COMMIT"]


def test_with_the_librarys_own_pool_it_would(app: Flask, commands: list[str]) -> None:
    """Negative control: a ping at every checkout, a rollback at every return."""
    stocked(1)
    engine = create_engine(db.engine.url, pool_pre_ping=True)
    for _ in range(2):
        commands.clear()
        with engine.begin() as connection:
            connection.execute(text("UPDATE inv_stock SET on_hand = on_hand + 1"))
    assert commands == ["PING", "UPDATE", "COMMIT", "ROLLBACK"]
    engine.dispose()


def test_a_use_case_does_not_see_what_was_read_before_it(app: Flask) -> None:
    """Its transaction may be an older one, but not what it knows."""
    stocked(1)
    known = db.session.get_one(Stock, (1, 1))
    with db.engine.begin() as other:
        other.execute(text("UPDATE inv_stock SET on_hand = 7"))
    assert known.on_hand == 0
    assert in_transaction(lambda: db.session.get_one(Stock, (1, 1)).on_hand) == 7


def test_a_transaction_left_open_is_rolled_back_at_return(one_connection: Engine) -> None:
    stocked(1)
    with one_connection.connect() as connection:
        # The driver is asked behind SQLAlchemy's back, so that only the pool can notice.
        driver: Any = connection.connection.driver_connection
        driver.cursor().execute("UPDATE inv_stock SET on_hand = 9")
    with one_connection.connect() as connection:
        assert connection.scalar(select(Stock.on_hand)) == 0


def test_without_the_reset_the_next_user_would_get_it(one_connection: Engine) -> None:
    """Negative control."""
    stocked(1)
    event.remove(one_connection, "reset", pooling._reset)
    with one_connection.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.cursor().execute("UPDATE inv_stock SET on_hand = 9")
    with one_connection.connect() as connection:
        assert connection.scalar(select(Stock.on_hand)) == 9
        connection.rollback()


def test_a_failed_first_statement_leaves_no_transaction_behind(one_connection: Engine) -> None:
    """Its error does not say whether a transaction is open; SQLAlchemy ends it all the same."""
    stocked(1)
    row = {"sku_id": 1, "location_id": 1}
    with pytest.raises(DBAPIError), one_connection.begin() as connection:
        connection.execute(text("INSERT INTO inv_stock VALUES (:sku_id, :location_id, 0, 0, now(3))"), row)
    with db.engine.begin() as other:
        # The duplicate left a lock on the row, had the transaction lived on: this would fail.
        other.execute(text("SELECT on_hand FROM inv_stock FOR UPDATE NOWAIT"))


def cut(engine: Engine) -> None:
    """End the pool's only connection on the server, as a restart or a firewall does."""
    with engine.connect() as connection:
        number = connection.scalar(select(func.connection_id()))
    with db.engine.connect() as other:
        other.execute(text(f"KILL {number:d}"))


def test_a_connection_that_died_idle_is_replaced(one_connection: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    cut(one_connection)
    monkeypatch.setattr(pooling, "PING_AFTER_SECONDS", 0.0)
    with one_connection.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1


def test_without_the_ping_it_would_fail(one_connection: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control; the second attempt has a new connection."""
    cut(one_connection)
    monkeypatch.setattr(pooling, "PING_AFTER_SECONDS", 60.0)
    with pytest.raises(OperationalError), one_connection.connect() as connection:
        connection.execute(text("SELECT 1"))
    with one_connection.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1

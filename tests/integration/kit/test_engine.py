"""How the application's connections are set up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, select, text, update
from sqlalchemy.exc import DBAPIError

from backend.inventory.domain.stock import Stock
from kit.db.error import is_unreachable
from kit.db.extension import db, init_db
from kit.service.transaction import in_transaction
from tests.integration.kit.rows import add_one, at_once, stocked

pytestmark = pytest.mark.commits


@pytest.fixture
def default_engine(app: Flask) -> Iterator[Engine]:
    """The same server as it would be without our settings, nor those of docker-compose.yml."""
    engine = create_engine(db.engine.url, isolation_level="REPEATABLE READ")
    yield engine
    engine.dispose()


def levels_before_and_after(reader: Engine) -> list[int]:
    """What one transaction of `reader` sees of a row before and after somebody else's commit."""
    level = select(Stock.on_hand).where(Stock.sku_id == 1)
    with reader.connect() as connection:
        before = connection.execute(level).scalar_one()
        with db.engine.connect() as other, other.begin():
            other.execute(update(Stock).values(on_hand=Stock.on_hand + 1))
        return [before, connection.execute(level).scalar_one()]


@pytest.mark.mysql_only
def test_application_runs_at_read_committed(app: Flask) -> None:
    with db.engine.connect() as connection:
        assert connection.get_isolation_level() == "READ COMMITTED"


@pytest.mark.mysql_only
def test_use_case_runs_at_read_committed(app: Flask) -> None:
    assert db.session.connection().get_isolation_level() == "READ COMMITTED"


@pytest.mark.mysql_only
def test_transaction_sees_what_others_committed_meanwhile(app: Flask) -> None:
    stocked(1)
    assert levels_before_and_after(db.engine) == [0, 1]


@pytest.mark.mysql_only
def test_without_our_settings_it_would_not(app: Flask, default_engine: Engine) -> None:
    stocked(1)
    assert levels_before_and_after(default_engine) == [0, 0]


@pytest.mark.mysql_only
def test_value_that_does_not_fit_is_an_error_and_not_cut(app: Flask) -> None:
    stocked(1)
    with pytest.raises(DBAPIError, match="too long"):
        db.session.execute(text("UPDATE inv_item SET sku_code = REPEAT('x', 65)"))


@pytest.mark.mysql_only
def test_session_is_in_utc_with_short_lock_waits(app: Flask) -> None:
    row = db.session.execute(text("SELECT @@time_zone, @@innodb_lock_wait_timeout, @@character_set_client")).one()
    assert tuple(row) == ("+00:00", 5, "utf8mb4")


def test_foreign_keys_and_checks_are_enforced(app: Flask) -> None:
    stocked(1)
    with pytest.raises(DBAPIError):
        db.session.execute(text("UPDATE inv_stock SET on_hand = -1"))
    db.session.rollback()
    orphan = text(
        "INSERT INTO ord_history (id, order_id, action, to_status, operator, note, at) "
        "VALUES (1, 99, 'pay', 'paid', '', '', '2026-11-20 08:30:00.000')"
    )
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"):
        db.session.execute(orphan)


def test_many_writers_at_once_wait_for_each_other_and_lose_nothing(app: Flask) -> None:
    """SQLite too: a use case takes the write lock at BEGIN."""
    stocked(1)

    def read_then_write() -> None:
        db.session.execute(select(Stock.on_hand)).all()
        add_one(1)

    outcomes = at_once(app, *[lambda: in_transaction(read_then_write)] * 8)
    assert outcomes == [None] * 8
    assert db.session.scalars(select(Stock.on_hand)).one() == 8


def test_server_that_is_away_is_told_from_a_mistake_of_ours() -> None:
    away = Flask("away")
    init_db(away, "mysql+pymysql://nobody@127.0.0.1:1/nothing")
    with away.app_context():
        with pytest.raises(DBAPIError) as refusal:
            db.session.execute(text("SELECT 1"))
        assert is_unreachable(refusal.value)


def test_mistake_of_ours_is_not_taken_for_a_server_that_is_away(app: Flask) -> None:
    with pytest.raises(DBAPIError) as mistake:
        db.session.execute(text("SELECT nothing FROM nowhere"))
    assert not is_unreachable(mistake.value)

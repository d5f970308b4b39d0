"""Column types mean the same on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from backend.inventory.domain.stock import StockItem
from kit.db.extension import db
from kit.event.inbox import InboxEntry
from tests.integration.kit.rows import AT, count, stocked

pytestmark = pytest.mark.usefixtures("app")


def handle(consumer: str, at: datetime = AT) -> None:
    """One inbox row: its consumer is a Code and part of the key."""
    db.session.execute(insert(InboxEntry).values(consumer=consumer, event_id=1, handled_at=at))


def stored_time() -> datetime:
    """What came back."""
    return db.session.scalars(select(InboxEntry.handled_at)).one()


def test_codes_that_differ_in_case_are_different_keys() -> None:
    handle("oAbC")
    handle("oabc")
    assert sorted(db.session.scalars(select(InboxEntry.consumer))) == ["oAbC", "oabc"]


def test_code_is_found_in_its_own_case_only() -> None:
    handle("oAbC")
    found = select(InboxEntry.consumer)
    assert db.session.scalars(found.where(InboxEntry.consumer == "oABC")).all() == []
    assert db.session.scalars(found.where(InboxEntry.consumer == "oAbC")).all() == ["oAbC"]


def test_same_code_twice_is_refused() -> None:
    handle("oAbC")
    with pytest.raises(IntegrityError):
        handle("oAbC")


@pytest.mark.mysql_only
def test_plain_text_takes_upper_and_lower_case_for_the_same() -> None:
    """Why `Code` exists: what the default collation does."""
    stocked(1)
    found = db.session.scalars(select(StockItem.title).where(StockItem.sku_code == "s-1")).all()
    assert found == []
    db.session.execute(text("UPDATE inv_item SET title = 'oAbC'"))
    assert db.session.scalars(select(StockItem.title).where(StockItem.title == "oabc")).all() == ["oAbC"]


def test_time_keeps_its_milliseconds() -> None:
    handle("c", datetime(2026, 11, 20, 8, 30, 0, 123_000, tzinfo=UTC))
    assert stored_time() == datetime(2026, 11, 20, 8, 30, 0, 123_000, tzinfo=UTC)


def test_microseconds_are_cut_and_never_rounded_up() -> None:
    handle("c", datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC))
    assert stored_time() == datetime(2026, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)


def test_time_of_another_zone_comes_back_as_the_same_moment_in_utc() -> None:
    handle("c", datetime(2026, 11, 20, 16, 30, tzinfo=timezone(timedelta(hours=8))))
    assert stored_time() == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    assert stored_time().tzinfo is UTC


def test_time_is_compared_to_the_millisecond() -> None:
    handle("c", AT)
    later = select(InboxEntry.event_id).where(InboxEntry.handled_at < AT + timedelta(milliseconds=1))
    earlier = select(InboxEntry.event_id).where(InboxEntry.handled_at < AT)
    assert (db.session.scalars(later).all(), db.session.scalars(earlier).all()) == ([1], [])


def test_naive_time_is_refused() -> None:
    with pytest.raises(StatementError, match="naive datetime"):
        handle("c", AT.replace(tzinfo=None))
    assert count(InboxEntry) == 0


RESERVATION = text(
    "INSERT INTO inv_reservation (id, reference, sku_id, location_id, quantity, state, created_at) "
    "VALUES (1, 'order:1', 1, 1, 1, :state, '2026-11-20 08:30:00.000')"
)


def test_word_of_an_enum_is_stored() -> None:
    db.session.execute(RESERVATION, {"state": "open"})
    assert db.session.execute(text("SELECT state FROM inv_reservation")).scalars().all() == ["open"]


@pytest.mark.parametrize("state", ["opened", "", "open;"])
def test_word_outside_an_enum_is_refused_by_the_database(state: str) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)check constraint|CONSTRAINT `ck_inv_reservation_state`"):
        db.session.execute(RESERVATION, {"state": state})

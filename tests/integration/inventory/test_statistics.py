"""Sums over the ledger, by the shop's days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from backend.inventory.domain.error import PeriodInvalid
from backend.inventory.domain.movement import Booking, Move
from backend.inventory.domain.paper import Line
from backend.inventory.wiring import services
from kit.domain.clock import utc_now
from kit.domain.identity import new_id
from kit.repository.page import PageRequest
from tests.factories.inventory import new_sku
from tests.factories.statements import counted_statements
from tests.factories.stockroom import adjust, inbound, new_location, outbound, paper, transfer, write_off

pytestmark = pytest.mark.usefixtures("app")

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
LATE = datetime(2026, 11, 20, 15, 59, 59, 999_000, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 20, 16, tzinfo=UTC)


def test_a_day_ends_at_midnight_in_shanghai() -> None:
    sku_id = new_sku()
    inbound(Line(sku_id, 9), at=NOON)
    outbound(Line(sku_id, 2), at=LATE)
    outbound(Line(sku_id, 3), at=MIDNIGHT, operator="staff:8")
    write_off(Line(sku_id, 1), at=MIDNIGHT)
    both = {"first_day": date(2026, 11, 20), "last_day": date(2026, 11, 21), "now": NOON}
    rows = services().statistics.by_day(**both)
    found = [(row.day, int(row.units_in), int(row.units_out), int(row.units_written_off)) for row in rows]
    assert found == [("2026-11-20", 9, 2, 0), ("2026-11-21", 0, 3, 1)]
    first = services().statistics.by_day(first_day=date(2026, 11, 20), last_day=date(2026, 11, 20), now=NOON)
    assert [row.day for row in first] == ["2026-11-20"]
    operators = services().statistics.by_operator(**both)
    assert [(row.operator, row.movements, int(row.units_out)) for row in operators] == [
        ("staff:7", 3, 2),
        ("staff:8", 1, 3),
    ]


def test_what_left_most_stands_first_and_promises_and_transfers_are_no_traffic() -> None:
    slow, fast, there = new_sku(units=9), new_sku(units=9), new_location()
    outbound(Line(slow, 1))
    services().reserving.reserve([Move(fast, 3)], Booking("order:1", "x", "member:1", utc_now()))
    services().reserving.deduct(Booking("order:1", "x", "staff:7", utc_now()))
    transfer(Line(slow, 5), to=there)
    adjust(slow, -2)
    rows = services().statistics.by_sku(now=utc_now())
    assert [(row.sku_id, int(row.units_in), int(row.units_out), int(row.units_adjusted)) for row in rows] == [
        (fast, 9, 3, 0),
        (slow, 9, 1, -2),
    ]


def test_a_product_is_the_sum_of_its_skus() -> None:
    pears, apples = new_id(), new_id()
    small, large = new_sku(units=9, product_id=apples), new_sku(units=8, product_id=apples)
    pear, loose = new_sku(units=9, product_id=pears), new_sku(units=9)
    for sku_id, units in ((small, 1), (large, 2), (pear, 2), (loose, 5)):
        outbound(Line(sku_id, units))
    rows = services().statistics.by_product(now=utc_now())
    assert [(row.product_id, row.skus, int(row.units_in), int(row.units_out)) for row in rows] == [
        (apples, 2, 17, 3),
        (pears, 1, 9, 2),
    ]
    of_apples = services().statistics.by_sku(product_id=apples, now=utc_now())
    assert [(row.sku_id, int(row.units_out)) for row in of_apples] == [(large, 2), (small, 1)]
    (today,) = services().statistics.by_day(product_id=apples, now=utc_now())
    assert (int(today.units_in), int(today.units_out)) == (17, 3)


@pytest.mark.parametrize(("first", "days"), [(date(2026, 1, 1), 93), (date(2026, 1, 1), -1)])
def test_a_period_is_at_most_92_days(first: date, days: int) -> None:
    with pytest.raises(PeriodInvalid):
        services().statistics.by_day(first_day=first, last_day=first + timedelta(days=days - 1), now=NOON)


def test_turnover() -> None:
    sku_id = new_sku()
    inbound(Line(sku_id, 100), at=NOON - timedelta(days=40))
    outbound(Line(sku_id, 60), at=NOON - timedelta(days=5))
    inbound(Line(sku_id, 20), at=NOON)
    outbound(Line(sku_id, 50), at=MIDNIGHT)
    found = services().statistics.turnover(now=NOON, sku_id=sku_id, last_day=date(2026, 11, 20))
    assert (found.opening, found.closing, found.left, found.days) == (100, 60, 60, 30)
    assert (found.turns_percent, found.days_on_hand) == (75, 30)
    nothing = services().statistics.turnover(now=NOON, sku_id=7)
    assert (nothing.turns_percent, nothing.days_on_hand) == (None, None)


def test_worth_of_the_stock() -> None:
    sku_id, there = new_sku(), new_location()
    inbound(Line(sku_id, 3, cost_fen=101))
    transfer(Line(sku_id, 1), to=there)
    rows = {row.location_id: (int(row.units), int(row.value_fen)) for row in services().statistics.value()}
    assert rows == {1: (2, 202), there: (1, 101)}
    (cost,) = services().statistics.costs(PageRequest()).items
    assert (cost.sku_id, cost.on_hand, cost.value_fen) == (sku_id, 2, 202)


def test_dead_stock_is_what_nobody_took_for_long() -> None:
    dead, lively, empty = new_sku(), new_sku(), new_sku()
    long_ago = utc_now() - timedelta(days=100)
    for sku_id in (dead, lively, empty):
        inbound(Line(sku_id, 5), at=long_ago)
    inbound(Line(dead, 5))
    outbound(Line(lively, 1))
    outbound(Line(empty, 5))
    rows = services().statistics.dead(PageRequest(), now=utc_now(), idle_days=90).items
    assert [(row.sku_id, row.on_hand, row.idle_since) for row in rows] == [(dead, 10, long_ago)]
    services().documents.outbound(paper(Line(dead, 1)))
    assert services().statistics.dead(PageRequest(), now=utc_now(), idle_days=90).items == []


def test_dead_stock_comes_page_by_page_the_longest_idle_first() -> None:
    made = [new_sku() for _ in range(7)]
    for days, sku_id in zip((100, 300, 200, 300, 100, 100, 200), made, strict=True):
        inbound(Line(sku_id, 1), at=NOON - timedelta(days=days))
    seen: list[int] = []
    cursor = None
    for size in (3, 3, 1):
        page = services().statistics.dead(PageRequest(3, cursor), now=NOON, idle_days=90)
        assert len(page.items) == size
        seen += [row.sku_id for row in page.items]
        cursor = page.next_cursor
    assert seen == [made[place] for place in (1, 3, 2, 6, 0, 4, 5)]
    assert cursor is None


@pytest.mark.parametrize("count", [1, 5, 20])
def test_statistics_take_the_same_statements_whatever_there_is(count: int) -> None:
    for _ in range(count):
        new_sku(units=1)
    now = utc_now()
    statistics = services().statistics
    for query, expected in (
        (lambda: statistics.by_day(now=now), 1),
        (lambda: statistics.by_sku(now=now), 1),
        (lambda: statistics.by_product(now=now), 1),
        (lambda: statistics.by_operator(now=now), 1),
        (lambda: statistics.turnover(now=now), 2),
        (statistics.value, 1),
        (lambda: statistics.dead(PageRequest(), now=now, idle_days=1), 1),
    ):
        with counted_statements() as statements:
            query()
        assert len(statements) == expected

"""Two at once: the last unit of two locations, two stock-takes, a transfer against a sale, two returns, two sweeps."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from backend.inventory.domain.coming_back import ReturnLine
from backend.inventory.domain.count import Count
from backend.inventory.domain.error import CountNotOpen, OutOfStock, ReturnedTooMuch
from backend.inventory.domain.movement import Booking, Key, Move, StockLevel
from backend.inventory.domain.paper import Line
from backend.inventory.domain.stock import Stock
from backend.inventory.repository.count import CountRepository
from backend.inventory.repository.goods import GoodsRepository
from backend.inventory.repository.reservation import ReservationRepository
from backend.inventory.repository.shipped import ShippedRepository
from backend.inventory.repository.stock import LEVEL, StockRepository, rows_with
from backend.inventory.service import counting
from backend.inventory.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.domain.error import DomainError
from kit.domain.identity import new_id
from kit.service.transaction import LostRace
from tests.factories.inventory import OPERATOR, deduct, level, new_sku, receive, release, reserve
from tests.factories.stockroom import (
    adjust,
    batch,
    deviations,
    enter,
    inbound,
    new_location,
    open_count,
    outbound,
    post,
    take_back,
    tracked_sku,
    transfer,
)
from tests.support.threads import at_once

pytestmark = pytest.mark.mysql_only
BUYERS = 12


def unlocked(self: StockRepository, keys: Collection[Key]) -> dict[Key, StockLevel]:
    """The guard off: reads what is there and holds nothing."""
    return self._read(select(*LEVEL).where(rows_with(keys)))


def orders(sku_id: int) -> list[Callable[[], None]]:
    """Buyers who want one unit each."""

    def place(number: int) -> None:
        booking = Booking(f"order:{number}", "x", "member:1", utc_now())
        services().reserving.reserve([Move(sku_id, 1)], booking)

    return [lambda number=number: place(number) for number in range(BUYERS)]


def stocked(here: int, there: int) -> tuple[int, int]:
    """A SKU and a second location."""
    sku_id, location_id = new_sku(units=here), new_location()
    inbound(Line(sku_id, there), location_id=location_id)
    return sku_id, location_id


def test_of_the_last_units_at_two_locations_each_is_promised_once(app: Flask) -> None:
    sku_id, there = stocked(2, 3)
    results = at_once(app, orders(sku_id))
    assert results.count(None) == 5
    assert sum(isinstance(result, OutOfStock | LostRace) for result in results) == BUYERS - 5
    assert (level(sku_id), level(sku_id, there)) == ((2, 2), (3, 3))
    assert deviations() == []


def test_control_without_condition_the_last_units_are_promised_to_many(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    sku_id, _ = stocked(2, 3)
    promised: list[int] = []

    def naive(self: StockRepository, kind: Any, moves: Any, *, at: Any) -> bool:
        """Checks, and says yes; the write that would follow is left out: it could only make it worse."""
        rows = self.levels_of([move.key for move in moves])
        enough = all(rows[move.key].available >= move.quantity for move in moves)
        if enough:
            promised.append(1)
        return enough

    monkeypatch.setattr(StockRepository, "move", naive)
    monkeypatch.setattr(StockRepository, "write_ledger", lambda *_: None)
    at_once(app, orders(sku_id))
    assert len(promised) > 5


def move_and_sell(app: Flask) -> tuple[list[Any], int, int]:
    """Three units; three go over one by one while two buyers and two clerks want them."""
    sku_id, there = stocked(6, 1)
    works = [
        *(lambda: transfer(Line(sku_id, 1), to=there) for _ in range(4)),
        *(lambda: outbound(Line(sku_id, 1)) for _ in range(4)),
        *orders(sku_id)[:4],
    ]
    return at_once(app, works), sku_id, there


def test_a_transfer_and_a_sale_of_the_same_goods_do_not_both_get_them(app: Flask) -> None:
    _, sku_id, there = move_and_sell(app)
    assert deviations() == []
    here, other = level(sku_id), level(sku_id, there)
    assert here[0] >= here[1]
    assert other[0] >= other[1]


def test_control_without_the_row_lock_a_movement_is_lost(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GoodsRepository, "lock", unlocked)
    move_and_sell(app)
    assert deviations() != []


def count_twice(app: Flask) -> tuple[list[Any], int]:
    """Two sheets over one SKU that is two short, posted at once."""
    sku_id = new_sku(units=10)
    sheets = [open_count(sku_id), open_count(sku_id)]
    for sheet in sheets:
        enter(sheet, {1: 8})
    return at_once(app, [lambda sheet=sheet: post(sheet) for sheet in sheets]), sku_id


def test_two_stock_takes_correct_one_mistake_once(app: Flask) -> None:
    results, sku_id = count_twice(app)
    assert [type(result) for result in results] == [int, int]
    assert level(sku_id) == (8, 0)
    assert deviations() == []


def test_control_without_what_was_corrected_since_the_mistake_is_corrected_twice(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = counting._difference

    def forgetful(row: Any, book: counting.BookFigure) -> Any:
        return whole(row, counting.BookFigure(book.on_hand, row.corrected_at_count))

    monkeypatch.setattr(counting, "_difference", forgetful)
    _, sku_id = count_twice(app)
    assert level(sku_id) == (6, 0)


def post_twice(app: Flask) -> list[Any]:
    """One sheet with a difference and one without, posted by four people."""
    sku_id = new_sku(units=10)
    sheet = open_count(sku_id)
    enter(sheet, {1: 10})
    return at_once(app, [lambda: post(sheet)] * 4)


def test_of_people_who_post_a_sheet_at_once_one_does(app: Flask) -> None:
    results = post_twice(app)
    assert sum(isinstance(result, int) for result in results) == 1
    assert sum(isinstance(result, CountNotOpen) for result in results) == 3


def test_control_without_lock_state_and_reference_everybody_posts(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def seen(self: CountRepository, count_id: int) -> Count:
        count = self.by_id(count_id)
        assert count is not None
        db.session.expunge(count)
        count.no = f"CNT{new_id()}"
        return count

    monkeypatch.setattr(CountRepository, "hold", seen)
    monkeypatch.setattr(Count, "can_end", lambda _self: True)
    assert sum(isinstance(result, int) for result in post_twice(app)) == 4


def bring_back(app: Flask) -> tuple[list[Any], int]:
    """Three units left; four people bring two each back."""
    sku_id = new_sku(units=3)
    reserve({sku_id: 3})
    deduct()
    return at_once(app, [lambda: take_back("order:1", ReturnLine(sku_id, 2))] * 4), sku_id


def test_never_more_comes_back_than_left(app: Flask) -> None:
    results, sku_id = bring_back(app)
    assert sum(isinstance(result, int) for result in results) == 1
    assert sum(isinstance(result, ReturnedTooMuch) for result in results) == 3
    assert level(sku_id) == (2, 0)


def test_control_without_counting_what_came_back_it_comes_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ShippedRepository, "write", lambda *_: None)
    results, sku_id = bring_back(app)
    assert sum(isinstance(result, int) for result in results) == 4
    assert level(sku_id) == (8, 0)


def test_a_hold_is_released_once_by_all_sweeps(app: Flask) -> None:
    sku_id, now = new_sku(units=5), utc_now()
    services().holding.hold(
        [Move(sku_id, 2)], reason="x", expires_at=now + timedelta(hours=1), operator=OPERATOR, now=now
    )
    later = now + timedelta(hours=2)
    results = at_once(app, [lambda: services().holding.release_expired(now=later)] * 4)
    assert sum(results) == 1
    assert level(sku_id) == (5, 0)


def test_expiry_is_booked_once_by_sweeps_and_orders_together(app: Flask) -> None:
    sku_id = tracked_sku(("GONE", -1, 3), ("FRESH", 9, 2))
    sweeps = [lambda: services().shelf_life.sweep(now=utc_now())] * 3
    results = at_once(app, [*orders(sku_id)[:4], *sweeps])
    assert results[:4].count(None) == 2
    assert deviations() == []
    row = db.session.execute(select(Stock.on_hand, Stock.reserved, Stock.expired).where(Stock.sku_id == sku_id)).one()
    assert tuple(row) == (5, 2, 3)


def test_two_first_deliveries_to_a_new_location_both_arrive(app: Flask) -> None:
    sku_id, there = new_sku(), new_location()
    results = at_once(app, [lambda: inbound(Line(sku_id, 2), location_id=there)] * 3)
    assert sum(isinstance(result, int) for result in results) == 3, results
    assert level(sku_id, there) == (6, 0)
    receive({sku_id: 1}, reference="receipt:1")
    assert deviations() == []


def release_while_more_is_promised(app: Flask, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """Somebody promises another SKU to the same order between the look at its promises and their end."""
    first, second = new_sku(units=5), new_sku(units=5)
    reserve({first: 1})
    whole, late = ReservationRepository.open_for, iter([lambda: reserve({second: 2})])

    def open_for(self: ReservationRepository, reference: str) -> list[Move]:
        held = whole(self, reference)
        for work in late:
            assert at_once(app, [work]) == [None]
        return held

    monkeypatch.setattr(ReservationRepository, "open_for", open_for)
    assert release()
    return first, second


def test_what_is_promised_while_an_order_is_released_is_released_too(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = release_while_more_is_promised(app, monkeypatch)
    assert (level(first), level(second), deviations()) == ((5, 0), (5, 0), [])


def test_control_without_counting_what_ended_a_promise_is_lost(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ReservationRepository.end

    def careless(self: ReservationRepository, *given: Any, **more: Any) -> int:
        return min(whole(self, *given, **more), 1)

    monkeypatch.setattr(ReservationRepository, "end", careless)
    _, second = release_while_more_is_promised(app, monkeypatch)
    assert level(second) == (5, 2)
    assert deviations() != []


def everything(app: Flask) -> list[Any]:
    """Orders, holds that end, transfers both ways, a count, corrections, a sweep and a switch of tracking, at once."""
    there, now = new_location(), utc_now()
    later = now + timedelta(days=2)
    plain, dated = new_sku(units=12), tracked_sku(("A", 1, 6), ("B", 9, 6))
    skus = [plain, dated, new_sku(units=5)]
    inbound(Line(plain, 4), Line(dated, 4, batch("A", 1)), location_id=there)
    sheet = open_count(plain, dated)
    enter(sheet, {1: 11, 2: 6, 3: 7})

    def order(number: int) -> None:
        moves = [Move(skus[number % 3], 1), Move(skus[(number + 1) % 3], 1)]
        ends = now + timedelta(hours=1) if number % 2 else None
        booking = Booking(f"order:{number}", "x", "member:1", utc_now())
        services().reserving.reserve(moves, booking, expires_at=ends)
        (deduct if number % 3 else release)(f"order:{number}")

    works: list[Callable[[], Any]] = [lambda number=number: order(number) for number in range(8)]
    works += [lambda sku_id=sku_id: transfer(Line(sku_id, 2), to=there) for sku_id in skus]
    works += [lambda sku_id=sku_id: transfer(Line(sku_id, 1), to=1, source=there) for sku_id in skus]
    works += [lambda: post(sheet), lambda: adjust(plain, -1), lambda: adjust(skus[2], 1)]
    works += [lambda: services().shelf_life.sweep(now=later), lambda: services().holding.release_expired(now=later)]
    works += [lambda: services().places.track_batches(skus[2], True, operator=OPERATOR, now=utc_now())]
    return at_once(app, works)


def test_whatever_happens_at_once_the_books_add_up(app: Flask) -> None:
    results = everything(app)
    assert [result for result in results if isinstance(result, Exception) and not isinstance(result, DomainError)] == []
    assert deviations() == []


def test_control_without_the_row_lock_they_do_not(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GoodsRepository, "lock", unlocked)
    everything(app)
    assert deviations() != []

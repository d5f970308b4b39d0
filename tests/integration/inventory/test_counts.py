"""Stock-takes: what was wrong is corrected once, whatever moves meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from backend.inventory import facade as inventory
from backend.inventory.domain.error import (
    CountIncomplete,
    CountLineNotFound,
    CountNotFound,
    CountNotOpen,
    GoodsPromised,
    LocationArchived,
    NothingToCount,
    UnknownSku,
)
from backend.inventory.domain.paper import Line
from backend.inventory.repository.stock import StockRepository
from backend.inventory.service import counting
from backend.inventory.wiring import services
from kit.domain.clock import utc_now
from kit.domain.identity import new_id
from kit.repository.page import PageRequest
from kit.service.transaction import in_transaction
from tests.factories.inventory import OPERATOR, deduct, ledger, level, new_sku, receive, reserve
from tests.factories.stockroom import (
    adjust,
    batch,
    batches_of,
    deviations,
    document,
    enter,
    inbound,
    new_location,
    open_count,
    outbound,
    post,
    set_limits,
    tracked_sku,
)
from tests.support.unchanged import nothing_changes


@pytest.fixture(autouse=True)
def books_add_up_afterwards(app: Flask) -> Iterator[None]:
    """Whatever a test here does, the books hold."""
    yield
    assert deviations() == []


def lines(count_id: int, *, differing: bool = False) -> list[tuple[int, int, int | None, int | None]]:
    """Line, book, counted, difference."""
    page = services().papers.count_lines(count_id, PageRequest(limit=100), differing=differing)
    return [(row.line, row.book, row.counted, row.difference) for row in page.items]


def test_a_sheet_freezes_the_books_and_posting_corrects_the_differences() -> None:
    right, more, less = new_sku(units=5), new_sku(units=5), new_sku(units=5)
    count_id = open_count(right, more, less)
    assert lines(count_id) == [(1, 5, None, None), (2, 5, None, None), (3, 5, None, None)]
    enter(count_id, {1: 5, 2: 8, 3: 0})
    assert lines(count_id, differing=True) == [(2, 5, 8, 3), (3, 5, 0, -5)]
    written = document(post(count_id))
    assert [(line.line, line.sku_id, line.quantity) for line in written["lines"]] == [(2, more, 3), (3, less, -5)]
    assert (level(right), level(more), level(less)) == ((5, 0), (8, 0), (0, 0))
    assert (ledger(more)[-1].kind.value, len(ledger(right))) == ("count", 1)


def test_goods_sold_between_sheet_counting_and_posting_are_not_corrected_again() -> None:
    sku_id = new_sku(units=10)
    count_id = open_count(sku_id)
    outbound(Line(sku_id, 1))
    enter(count_id, {1: 7})  # nine should be there
    reserve({sku_id: 3})
    deduct()
    receive({sku_id: 5}, reference="receipt:1")
    assert level(sku_id) == (11, 0)
    post(count_id)
    assert level(sku_id) == (9, 0)


def test_two_sheets_over_the_same_sku_correct_one_mistake_once() -> None:
    sku_id = new_sku(units=10)
    first, second = open_count(sku_id), open_count(sku_id)
    enter(first, {1: 8})
    enter(second, {1: 8})
    post(first)
    post(second)
    assert level(sku_id) == (8, 0)


def test_the_second_sheet_corrects_what_the_first_did_not() -> None:
    sku_id = new_sku(units=10)
    first, second = open_count(sku_id), open_count(sku_id)
    enter(first, {1: 8})
    enter(second, {1: 7})
    post(first)
    outbound(Line(sku_id, 1))
    post(second)
    assert level(sku_id) == (6, 0)


def test_an_adjustment_after_counting_has_found_the_same_mistake() -> None:
    sku_id = new_sku(units=10)
    count_id = open_count(sku_id)
    enter(count_id, {1: 8})
    adjust(sku_id, -2)
    post(count_id)
    assert level(sku_id) == (8, 0)


def test_a_figure_entered_again_is_held_against_the_books_of_that_moment() -> None:
    sku_id = new_sku(units=10)
    count_id = open_count(sku_id)
    enter(count_id, {1: 8})
    outbound(Line(sku_id, 4))
    enter(count_id, {1: 6})
    post(count_id)
    assert level(sku_id) == (6, 0)


def test_dated_goods_are_counted_by_batch() -> None:
    sku_id = tracked_sku(("A", 3, 5), ("B", 9, 5))
    count_id = open_count(sku_id)
    enter(count_id, {1: 4, 2: 6})
    outbound(Line(sku_id, 5, batch("B")))
    post(count_id)
    assert batches_of(sku_id) == {"A": 4, "B": 1}
    again = open_count(sku_id)
    enter(again, {1: 0, 2: 1})
    inbound(Line(sku_id, 2, batch("A")))
    post(again)
    assert batches_of(sku_id) == {"A": 2, "B": 1}


def test_less_than_was_promised_is_not_posted() -> None:
    sku_id = new_sku(units=5)
    reserve({sku_id: 3})
    count_id = open_count(sku_id)
    enter(count_id, {1: 2})
    with nothing_changes(), pytest.raises(GoodsPromised):
        post(count_id)


def test_a_sheet_is_posted_once_and_not_changed_afterwards() -> None:
    sku_id = new_sku(units=5)
    count_id = open_count(sku_id)
    enter(count_id, {1: 4})
    post(count_id)
    for late in (
        lambda: post(count_id),
        lambda: enter(count_id, {1: 3}),
        lambda: services().counting.cancel(count_id, operator=OPERATOR, now=utc_now()),
    ):
        with nothing_changes(), pytest.raises(CountNotOpen):
            late()


def test_a_cancelled_sheet_books_nothing() -> None:
    sku_id = new_sku(units=5)
    count_id = open_count(sku_id)
    enter(count_id, {1: 4})
    services().counting.cancel(count_id, operator=OPERATOR, now=utc_now())
    with nothing_changes(), pytest.raises(CountNotOpen):
        post(count_id)
    assert level(sku_id) == (5, 0)


def test_lines_nobody_counted_are_named_or_skipped() -> None:
    first, second = new_sku(units=5), new_sku(units=5)
    count_id = open_count(first, second)
    enter(count_id, {2: 4})
    with nothing_changes(), pytest.raises(CountIncomplete) as refused:
        post(count_id)
    assert (refused.value.params, refused.value.errors) == ({"lines": 1}, {"1": ["尚未盘点"]})
    post(count_id, skip_uncounted=True)
    assert (level(first), level(second)) == ((5, 0), (4, 0))


def test_a_sheet_of_a_shelf_or_a_location() -> None:
    on_shelf, elsewhere = new_sku(units=5), new_sku(units=5)
    set_limits(on_shelf, shelf="A-1")
    assert len(lines(open_count(shelf="A-1"))) == 1
    assert len(lines(open_count())) == 2
    assert level(elsewhere) == (5, 0)


def test_nothing_and_too_much_to_count_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with nothing_changes(), pytest.raises(NothingToCount):
        open_count(shelf="NOWHERE")
    new_sku()
    new_sku()
    monkeypatch.setattr(counting, "MOST_LINES", 1)
    with nothing_changes(), pytest.raises(NothingToCount):
        open_count()


def test_unknown_sheets_and_lines_are_named() -> None:
    sku_id = new_sku(units=5)
    with nothing_changes(), pytest.raises(CountNotFound):
        post(new_id())
    count_id = open_count(sku_id)
    with nothing_changes(), pytest.raises(CountLineNotFound) as refused:
        enter(count_id, {1: 5, 2: 5})
    assert refused.value.errors == {"2": ["盘点单中没有该行"]}


def test_a_sku_that_is_being_counted_is_not_forgotten() -> None:
    sku_id = new_sku()
    sheet = open_count(sku_id)
    with nothing_changes():
        assert not inventory.forget(sku_ids=[sku_id])
    services().counting.cancel(sheet, operator=OPERATOR, now=utc_now())
    assert inventory.forget(sku_ids=[sku_id])


def test_a_sku_that_was_forgotten_in_the_moment_its_sheet_was_made_is_named() -> None:
    sku_id, other = new_sku(), new_sku(units=2)
    sheet = open_count(sku_id, other)
    in_transaction(lambda: StockRepository().strike([sku_id]))
    with nothing_changes(), pytest.raises(UnknownSku) as refused:
        enter(sheet, {1: 0, 2: 1})
    assert refused.value.errors == {str(sku_id): ["没有该商品的库存记录"]}
    enter(sheet, {2: 1})
    post(sheet, skip_uncounted=True)
    assert level(other) == (1, 0)


def test_a_sheet_finds_no_goods_at_an_archived_location() -> None:
    sku_id, there = new_sku(), new_location()
    inbound(Line(sku_id, 1), location_id=there)
    sheet = open_count(sku_id, location_id=there)
    enter(sheet, {1: 2})
    outbound(Line(sku_id, 1), location_id=there)
    services().places.archive_location(there, now=utc_now())
    with nothing_changes(), pytest.raises(LocationArchived):
        post(sheet)

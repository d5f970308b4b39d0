"""Whatever moves goods is a document; each line has its row in the ledger and its worth, and no promise is broken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from backend.inventory import facade as inventory
from backend.inventory.domain.error import (
    GoodsPromised,
    LineRepeated,
    LocationArchived,
    LocationNotFound,
    MovementRepeated,
    OutOfStock,
    SameLocation,
    UnknownSku,
    ValueTooLarge,
)
from backend.inventory.domain.location import DAMAGED_LOCATION
from backend.inventory.domain.paper import Line
from backend.inventory.events import LAST_UNITS
from backend.inventory.wiring import services
from kit.domain.clock import utc_now
from kit.domain.identity import new_id
from kit.repository.page import PageRequest
from tests.factories.inventory import deduct, ledger, level, new_sku, reserve, stock_row
from tests.factories.statements import counted_statements
from tests.factories.stockroom import (
    adjust,
    deviations,
    document,
    inbound,
    new_location,
    outbound,
    paper,
    references,
    transfer,
    write_off,
)
from tests.support.unchanged import nothing_changes

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def books_add_up_afterwards(app: Flask) -> Iterator[None]:
    """Whatever a test here does, the books hold."""
    yield
    assert deviations() == []


def rows(sku_id: int) -> list[tuple[str, int, int, int, int]]:
    """Kind, location, before, delta, after."""
    return [
        (row.kind.value, row.location_id, row.on_hand_before, row.on_hand_delta, row.on_hand_after)
        for row in ledger(sku_id)
    ]


def test_goods_come_in_at_their_cost() -> None:
    first, second = new_sku(), new_sku()
    written = document(inbound(Line(first, 3, cost_fen=100), Line(second, 2, cost_fen=50), reference="receipt:DN-1"))
    assert (written["kind"], written["reference"], written["operator"]) == ("inbound", "receipt:DN-1", "staff:7")
    assert [(line.line, line.sku_id, line.quantity, line.value_fen) for line in written["lines"]] == [
        (1, first, 3, 300),
        (2, second, 2, 100),
    ]
    assert (level(first), stock_row(first).value_fen) == ((3, 0), 300)
    assert rows(first) == [("receive", 1, 0, 3, 3)]
    assert [row.line for row in ledger(second)] == [2]


def test_the_average_moves_and_the_worth_stays_exact() -> None:
    sku_id = new_sku()
    inbound(Line(sku_id, 3, cost_fen=100))
    inbound(Line(sku_id, 4, cost_fen=33))
    assert stock_row(sku_id).value_fen == 432
    outbound(Line(sku_id, 5))
    assert stock_row(sku_id).value_fen == 432 - 432 * 5 // 7 == 124
    outbound(Line(sku_id, 2))
    assert (level(sku_id), stock_row(sku_id).value_fen) == ((0, 0), 0)
    assert sum(row.value_delta_fen for row in ledger(sku_id)) == 0


def test_goods_without_a_cost_come_in_at_the_average() -> None:
    sku_id = new_sku()
    inbound(Line(sku_id, 3, cost_fen=100))
    inbound(Line(sku_id, 2))
    assert stock_row(sku_id).value_fen == 500


def test_shipping_takes_its_part_of_the_worth() -> None:
    sku_id = new_sku()
    inbound(Line(sku_id, 3, cost_fen=100))
    reserve({sku_id: 2})
    assert stock_row(sku_id).value_fen == 300
    deduct()
    assert stock_row(sku_id).value_fen == 100


def test_goods_worth_more_than_a_row_holds_are_refused() -> None:
    sku_id = new_sku()
    with nothing_changes(), pytest.raises(ValueTooLarge):
        inbound(Line(sku_id, 1_000_000, cost_fen=10_000_000_000))


def test_goods_leave_that_nobody_was_promised() -> None:
    sku_id = new_sku(units=5)
    reserve({sku_id: 2})
    outbound(Line(sku_id, 3))
    assert level(sku_id) == (2, 2)
    assert rows(sku_id)[-1] == ("issue", 1, 5, -3, 2)


def test_promised_goods_do_not_leave_without_their_order_and_every_short_sku_is_named() -> None:
    first, second, plenty = new_sku(units=5), new_sku(), new_sku(units=9)
    reserve({first: 3})
    with nothing_changes(), pytest.raises(OutOfStock) as refused:
        outbound(Line(first, 3), Line(plenty, 1), Line(second, 1))
    assert refused.value.errors == {
        str(first): {"wanted": 3, "available": 2},
        str(second): {"wanted": 1, "available": 0},
    }


@pytest.mark.parametrize("way", [write_off, lambda line: adjust(line.sku_id, -line.quantity)])
def test_broken_goods_are_written_off_unless_they_are_promised(way: object) -> None:
    sku_id = new_sku(units=5)
    reserve({sku_id: 3})
    way(Line(sku_id, 2))  # type: ignore[operator]  # a case is an unbound way
    assert level(sku_id) == (3, 3)
    with nothing_changes(), pytest.raises(GoodsPromised) as refused:
        way(Line(sku_id, 1))  # type: ignore[operator]  # a case is an unbound way
    assert refused.value.errors == {str(sku_id): {"wanted": 1, "on_hand": 3, "reserved": 3}}
    with nothing_changes(), pytest.raises(OutOfStock):
        way(Line(sku_id, 4))  # type: ignore[operator]  # a case is an unbound way


def test_an_adjustment_goes_both_ways_and_counts_as_correction() -> None:
    sku_id = new_sku(units=5)
    adjust(sku_id, 3)
    adjust(sku_id, -1)
    assert level(sku_id) == (7, 0)
    assert (stock_row(sku_id).corrected, stock_row(sku_id).corrections) == (2, 2)


def test_a_transfer_takes_goods_and_worth_over() -> None:
    sku_id, there = new_sku(), new_location()
    inbound(Line(sku_id, 3, cost_fen=101))
    written = document(transfer(Line(sku_id, 2), to=there))
    assert (level(sku_id), level(sku_id, there)) == ((1, 0), (2, 0))
    assert (stock_row(sku_id).value_fen, stock_row(sku_id, there).value_fen) == (101, 202)
    assert rows(sku_id)[-2:] == [("transfer_out", 1, 3, -2, 1), ("transfer_in", there, 0, 2, 2)]
    assert [(line.quantity, line.location_id) for line in written["lines"]] == [(2, 1)]
    assert inventory.available(sku_ids=[sku_id]) == {sku_id: 3}


def test_what_goes_to_a_location_that_is_not_sellable_is_not_for_sale() -> None:
    sku_id = new_sku(units=3)
    transfer(Line(sku_id, 2), to=DAMAGED_LOCATION)
    assert inventory.available(sku_ids=[sku_id]) == {sku_id: 1}
    with pytest.raises(OutOfStock):
        reserve({sku_id: 2})


def test_promised_goods_stay_where_they_are() -> None:
    sku_id, there = new_sku(units=3), new_location()
    reserve({sku_id: 2})
    with nothing_changes(), pytest.raises(OutOfStock):
        transfer(Line(sku_id, 2), to=there)


def test_a_transfer_needs_two_locations() -> None:
    sku_id = new_sku(units=1)
    with nothing_changes(), pytest.raises(SameLocation):
        transfer(Line(sku_id, 1), to=1)


@pytest.mark.parametrize("twice", [Line(7, 1), Line(7, 5)])
def test_a_sku_stands_once_on_a_paper(twice: Line) -> None:
    with nothing_changes(), pytest.raises(LineRepeated):
        inbound(Line(7, 1), twice)


def test_a_paper_is_booked_once() -> None:
    first, second = new_sku(), new_sku()
    inbound(Line(first, 1), reference="receipt:1")
    with nothing_changes(), pytest.raises(MovementRepeated):
        inbound(Line(second, 1), reference="receipt:1")


def test_unknown_skus_and_locations_are_named() -> None:
    known, unknown, there = new_sku(), new_id(), new_location()
    with nothing_changes(), pytest.raises(UnknownSku) as refused:
        inbound(Line(known, 1), Line(unknown, 1))
    assert refused.value.errors == {str(unknown): ["没有该商品的库存记录"]}
    with nothing_changes(), pytest.raises(LocationNotFound):
        inbound(Line(known, 1), location_id=new_id())
    with nothing_changes(), pytest.raises(UnknownSku):
        inbound(Line(unknown, 1), location_id=there)


def test_nothing_is_moved_to_an_archived_location() -> None:
    sku_id, there = new_sku(units=1), new_location()
    services().places.archive_location(there, now=utc_now())
    with nothing_changes(), pytest.raises(LocationArchived):
        transfer(Line(sku_id, 1), to=there)


@pytest.mark.parametrize("lines", [1, 5, 20])
def test_a_document_takes_the_same_statements_whatever_its_size(lines: int) -> None:
    there = new_location()
    # Plenty at both places: no fact about the last units adds a statement.
    skus = [new_sku(units=2 * LAST_UNITS + 9) for _ in range(lines)]
    transfer(*(Line(sku_id, LAST_UNITS + 1) for sku_id in skus), to=there)
    for move, expected in (
        (lambda: inbound(*(Line(sku_id, 1) for sku_id in skus)), 6),
        (lambda: transfer(*(Line(sku_id, 1) for sku_id in skus), to=there), 6),
        (lambda: reserve(dict.fromkeys(skus, 1), reference="order:7"), 4),
        (lambda: deduct("order:7"), 5),
    ):
        with counted_statements() as statements:
            move()
        assert len(statements) == expected, statements


def test_every_document_has_its_own_number() -> None:
    sku_id = new_sku(units=9)
    for _ in range(3):
        services().documents.outbound(paper(Line(sku_id, 1)))
    assert len(set(references())) == 3


def test_a_number_that_was_drawn_before_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    sku_id, now = new_sku(units=9), utc_now()
    drawn = iter([7, 7, 8, 7, 9, 7, 7, 10])
    monkeypatch.setattr("backend.inventory.domain.document.secrets.randbelow", lambda _most: next(drawn))
    for reference in (None, None, "receipt:1"):
        inbound(Line(sku_id, 1), at=now, reference=reference)
    for _ in range(2):
        services().counting.open(location_id=1, sku_ids=[sku_id], shelf=None, reason="x", operator="staff:7", now=now)
    assert level(sku_id) == (12, 0)
    assert list(drawn) == []


def test_movements_of_several_goods_and_kinds_come_newest_first_page_by_page() -> None:
    first, second, other = new_sku(units=9), new_sku(units=9), new_sku(units=9)
    for sku_id in (first, other, second, first, second, first):
        outbound(Line(sku_id, 1))
    ids = [row.id for row in services().query.movements(PageRequest(100), location_id=1).items]

    def paged(**only: Any) -> list[Any]:
        rows, cursor = [], None
        while True:
            page = services().query.movements(PageRequest(2, cursor), **only)
            rows += page.items
            cursor = page.next_cursor
            if cursor is None:
                return rows

    both = paged(sku_ids=[second, first, second])
    assert [row.id for row in both] == sorted((row.id for row in both), reverse=True)
    assert len(both) == 7
    assert {row.sku_id for row in both} == {first, second}
    assert [row.id for row in paged(kinds=["issue", "receive"])] == ids
    issued = paged(sku_ids=[first, second], kinds=["issue", "adjust"])
    assert [row.sku_id for row in issued] == [first, second, first, second, first]

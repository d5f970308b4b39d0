"""Movements as values."""

from __future__ import annotations

import pytest

from backend.inventory.domain.ledger import MovementKind
from backend.inventory.domain.movement import PROMISED, Move, StockLevel, crossings, merged

_K = MovementKind


def test_moves_are_merged_per_sku_and_sorted_by_id() -> None:
    assert merged([Move(9, 1), Move(3, 2), Move(9, 4)]) == [Move(3, 2), Move(9, 5)]


def test_nothing_merges_to_nothing() -> None:
    assert merged([]) == []


def test_available_is_what_is_there_and_not_promised() -> None:
    assert StockLevel(sku_id=1, on_hand=5, reserved=3).available == 2


def test_releasing_undoes_reserving() -> None:
    assert PROMISED[_K.RELEASE] == -PROMISED[_K.RESERVE]


def test_moves_of_one_sku_at_two_locations_stay_apart() -> None:
    assert merged([Move(3, 1, 2), Move(3, 2), Move(3, 4, 2)]) == [Move(3, 2, 1), Move(3, 5, 2)]


@pytest.mark.parametrize(
    ("was", "now", "crossed"),
    [
        ((0, 0, 0), (5, 0, 0), True),  # from none
        ((1, 0, 0), (6, 0, 0), True),  # the number of the last one was shown
        ((6, 0, 0), (11, 0, 0), False),  # plenty before and after
        ((0, 0, 0), (5, 5, 0), False),  # all of it is promised
        ((5, 4, 0), (5, 5, 0), True),  # the last one
        ((5, 3, 0), (5, 4, 0), True),  # one of the last few
        ((9, 3, 0), (9, 4, 0), True),  # the first whose number is shown
        ((10, 3, 0), (10, 4, 0), False),  # plenty is left
        ((5, 5, 0), (4, 4, 0), False),  # sold out before and after
        ((5, 0, 0), (5, 0, 5), True),  # all has expired
        ((5, 2, 0), (5, 2, 4), True),  # even what was promised
        ((9, 1, 0), (9, 1, 2), False),
    ],
)
def test_availability_changes_what_customers_see(was: tuple[int, ...], now: tuple[int, ...], crossed: bool) -> None:
    rows = [StockLevel(1, on_hand, reserved, expired=expired) for on_hand, reserved, expired in (was, now)]
    assert crossings([(rows[0], rows[1])]).availability == ((1,) if crossed else ())


def test_what_is_not_for_sale_is_no_news() -> None:
    rows = [StockLevel(1, units, 0, location_id=2, sellable=False) for units in (0, 5)]
    assert crossings([(rows[0], rows[1])]).availability == ()


@pytest.mark.parametrize(
    ("was", "now", "low"), [(4, 3, True), (3, 2, False), (3, 4, False), (9, 0, True), (2, 9, False)]
)
def test_low_stock_is_news_when_it_falls_to_the_minimum(was: int, now: int, low: bool) -> None:
    rows = [StockLevel(1, units, 0, minimum=3) for units in (was, now)]
    assert crossings([(rows[0], rows[1])]).low == ({1: (1,)} if low else {})


@pytest.mark.parametrize(("was", "now", "over"), [(5, 6, True), (6, 7, False), (4, 5, False), (6, 5, False)])
def test_overstock_is_news_when_it_rises_above_the_maximum(was: int, now: int, over: bool) -> None:
    rows = [StockLevel(1, units, 0, maximum=5) for units in (was, now)]
    assert crossings([(rows[0], rows[1])]).over == ({1: (1,)} if over else {})

"""Goods are promised all or none, and each promise ends once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backend.inventory.domain.error import MovementRepeated, OutOfStock
from backend.inventory.domain.movement import Move
from backend.inventory.repository.stock import Booking
from backend.inventory.wiring import services
from kit.domain.clock import utc_now
from kit.domain.identity import new_id
from tests.factories.inventory import (
    OPERATOR,
    deduct,
    ledger,
    level,
    new_sku,
    release,
    reservations,
    reserve,
)
from tests.support.unchanged import nothing_changes

pytestmark = pytest.mark.usefixtures("app")


def refusal(quantities: dict[int, int]) -> dict[str, object]:
    """What a reservation that must be refused is told; it changes nothing."""
    with nothing_changes(), pytest.raises(OutOfStock) as refused:
        reserve(quantities)
    return refused.value.errors


def test_a_reservation_holds_units_that_stay_on_hand() -> None:
    first, second = new_sku(units=5), new_sku(units=2)
    reserve({first: 3, second: 2})
    assert (level(first), level(second)) == ((5, 3), (2, 2))
    assert reservations("order:1") == {first: (3, "open"), second: (2, "open")}
    row = ledger(first)[-1]
    assert (row.kind, row.on_hand_before, row.on_hand_delta, row.on_hand_after) == ("reserve", 5, 0, 5)
    assert (row.reserved_before, row.reserved_delta, row.reserved_after) == (0, 3, 3)
    assert (row.reference, row.operator) == ("order:1", "member:42")


def test_the_last_unit_can_be_reserved() -> None:
    sku_id = new_sku(units=1)
    reserve({sku_id: 1})
    assert level(sku_id) == (1, 1)


def test_one_unit_too_many_is_refused_and_named() -> None:
    sku_id = new_sku(units=4)
    assert refusal({sku_id: 5}) == {str(sku_id): {"wanted": 5, "available": 4}}


def test_what_others_were_promised_is_not_available() -> None:
    sku_id = new_sku(units=4)
    reserve({sku_id: 3}, reference="order:other")
    assert refusal({sku_id: 2}) == {str(sku_id): {"wanted": 2, "available": 1}}


def test_a_sku_without_stock_row_is_out_of_stock() -> None:
    known, unknown = new_sku(units=4), new_id()
    assert refusal({known: 1, unknown: 2}) == {str(unknown): {"wanted": 2, "available": 0}}


@pytest.mark.parametrize("short", [0, 1, 2])
def test_exactly_the_short_sku_is_named_though_the_others_had_just_enough(short: int) -> None:
    skus = [new_sku(units=3) for _ in range(3)]
    quantities = {sku_id: 4 if position == short else 3 for position, sku_id in enumerate(skus)}
    assert refusal(quantities) == {str(skus[short]): {"wanted": 4, "available": 3}}


def test_every_short_sku_is_named_at_once() -> None:
    plenty, empty, few = new_sku(units=9), new_sku(), new_sku(units=1)
    assert refusal({plenty: 9, empty: 1, few: 2}) == {
        str(empty): {"wanted": 1, "available": 0},
        str(few): {"wanted": 2, "available": 1},
    }


def test_a_refused_reservation_can_be_asked_for_again_with_less() -> None:
    sku_id = new_sku(units=2)
    refusal({sku_id: 3})
    reserve({sku_id: 2})
    assert level(sku_id) == (2, 2)


def test_the_same_sku_twice_is_one_promise() -> None:
    sku_id = new_sku(units=5)
    moves = [Move(sku_id, 2), Move(sku_id, 3)]
    services().reserving.reserve(moves, Booking("order:1", "order placed", OPERATOR, utc_now()))
    assert reservations("order:1") == {sku_id: (5, "open")}
    assert level(sku_id) == (5, 5)


def test_the_same_sku_twice_counts_together_against_what_is_there() -> None:
    sku_id = new_sku(units=4)
    moves = [Move(sku_id, 2), Move(sku_id, 3)]
    with nothing_changes(), pytest.raises(OutOfStock) as refused:
        services().reserving.reserve(moves, Booking("order:1", "order placed", OPERATOR, utc_now()))
    assert refused.value.errors == {str(sku_id): {"wanted": 5, "available": 4}}


def test_one_reference_reserves_a_sku_once() -> None:
    sku_id = new_sku(units=5)
    reserve({sku_id: 1})
    with nothing_changes(), pytest.raises(MovementRepeated):
        reserve({sku_id: 1})


def test_released_goods_are_available_again() -> None:
    first, second = new_sku(units=5), new_sku(units=2)
    reserve({first: 3, second: 2})
    assert release() is True
    assert (level(first), level(second)) == ((5, 0), (2, 0))
    assert reservations("order:1") == {first: (3, "released"), second: (2, "released")}
    row = ledger(first)[-1]
    assert (row.kind, row.on_hand_delta, row.reserved_delta, row.reason) == ("release", 0, -3, "cancelled")


def test_deducted_goods_are_gone() -> None:
    sku_id = new_sku(units=5)
    reserve({sku_id: 3})
    assert deduct() is True
    assert level(sku_id) == (2, 0)
    assert reservations("order:1") == {sku_id: (3, "deducted")}
    row = ledger(sku_id)[-1]
    assert (row.kind, row.on_hand_delta, row.reserved_delta, row.reason) == ("deduct", -3, -3, "shipped")


@pytest.mark.parametrize("second", [release, deduct])
@pytest.mark.parametrize("first", [release, deduct])
def test_a_promise_ends_once(first: Callable[[], bool], second: Callable[[], bool]) -> None:
    sku_id = new_sku(units=5)
    reserve({sku_id: 3})
    assert first() is True
    with nothing_changes():
        assert second() is False


@pytest.mark.parametrize("end", [release, deduct])
def test_a_reference_that_holds_nothing_moves_nothing(end: Callable[[str], bool]) -> None:
    reserve({new_sku(units=5): 3}, reference="order:other")
    with nothing_changes():
        assert end("order:never") is False

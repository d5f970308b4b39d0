"""Movements as values."""

from __future__ import annotations

import pytest

from backend.inventory.domain.ledger import MovementKind
from backend.inventory.domain.movement import EFFECTS, Effect, Move, StockLevel, crossed_availability, merged

_K = MovementKind


def test_moves_are_merged_per_sku_and_sorted_by_id() -> None:
    assert merged([Move(9, 1), Move(3, 2), Move(9, 4)]) == [Move(3, 2), Move(9, 5)]


def test_nothing_merges_to_nothing() -> None:
    assert merged([]) == []


def test_available_is_what_is_there_and_not_promised() -> None:
    assert StockLevel(sku_id=1, on_hand=5, reserved=3).available == 2


def test_releasing_undoes_reserving() -> None:
    reserve, release = EFFECTS[_K.RESERVE], EFFECTS[_K.RELEASE]
    assert release == Effect(-reserve.on_hand, -reserve.reserved)


def test_shipping_takes_what_was_promised_and_leaves_what_can_be_sold_as_it_is() -> None:
    assert EFFECTS[_K.DEDUCT] == Effect(on_hand=-1, reserved=-1)


@pytest.mark.parametrize("kind", list(MovementKind))
def test_every_kind_of_movement_has_an_effect(kind: MovementKind) -> None:
    assert EFFECTS[kind] != Effect(0, 0)


@pytest.mark.parametrize(
    ("kind", "on_hand", "reserved", "quantity", "crossed"),
    [
        (_K.RECEIVE, 5, 0, 5, True),  # from none
        (_K.RECEIVE, 6, 0, 5, True),  # the number of the last one was shown
        (_K.RECEIVE, 11, 0, 5, False),  # plenty before and after
        (_K.RECEIVE, 5, 5, 5, False),  # all of it is promised
        (_K.RESERVE, 5, 5, 1, True),  # the last one
        (_K.RESERVE, 5, 4, 1, True),  # one of the last few
        (_K.RESERVE, 9, 4, 1, True),  # the first whose number is shown
        (_K.RESERVE, 10, 4, 1, False),  # plenty is left
        (_K.RELEASE, 5, 4, 1, True),  # one is back
        (_K.RELEASE, 5, 3, 1, True),
        (_K.RELEASE, 10, 3, 1, False),
        (_K.DEDUCT, 4, 4, 1, False),  # sold out before and after
        (_K.DEDUCT, 4, 0, 1, False),
    ],
)
def test_availability_changes_what_customers_see(
    kind: MovementKind, on_hand: int, reserved: int, quantity: int, crossed: bool
) -> None:
    after = StockLevel(sku_id=1, on_hand=on_hand, reserved=reserved)
    assert crossed_availability(after, kind, quantity) is crossed

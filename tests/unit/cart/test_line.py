"""A line of a cart."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backend.cart.domain.line import MAX_QUANTITY, CartLine


def line(quantity: int) -> CartLine:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    return CartLine(id=1, customer_id=42, sku_id=11, quantity=quantity, added_price_fen=1990, added_at=now)


@pytest.mark.parametrize(("present", "more", "sum_"), [(1, 2, 3), (1, 998, 999), (1, 999, 999), (999, 999, 999)])
def test_more_of_the_same_is_added_up_to_999(present: int, more: int, sum_: int) -> None:
    wanted = line(present)
    wanted.add(more, price_fen=1990)
    assert wanted.quantity == sum_
    assert MAX_QUANTITY == 999


def test_adding_takes_over_the_price_the_customer_sees_now() -> None:
    wanted = line(1)
    wanted.add(1, price_fen=1890)
    assert wanted.added_price_fen == 1890


def test_changing_the_quantity_keeps_the_price_of_then() -> None:
    wanted = line(5)
    wanted.change(2)
    assert (wanted.quantity, wanted.added_price_fen) == (2, 1990)

"""What the customer is told about a line before ordering."""

from __future__ import annotations

import pytest

from backend.cart.domain.mark import Availability, availability


@pytest.mark.parametrize(
    ("on_sale", "available", "quantity", "mark"),
    [
        (True, 3, 3, Availability.OK),
        (True, 2, 3, Availability.INSUFFICIENT),
        (True, 0, 1, Availability.SOLD_OUT),
        (True, -1, 1, Availability.SOLD_OUT),
        (False, 3, 3, Availability.OFF_SALE),
        (False, 0, 3, Availability.OFF_SALE),
    ],
)
def test_the_mark_of_a_line(on_sale: bool, available: int, quantity: int, mark: Availability) -> None:
    assert availability(on_sale=on_sale, available=available, quantity=quantity) is mark

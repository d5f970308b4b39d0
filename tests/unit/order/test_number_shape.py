"""What can be an order number, before the database is asked."""

from __future__ import annotations

import pytest

from backend.order.domain.number import is_order_no


def test_digits_can_be_a_number() -> None:
    assert is_order_no("2611201600001234560042")


@pytest.mark.parametrize("text", ["", "苹果", "１２", "26 ", "-1", "2611\n", "²", "\x00"])
def test_anything_else_cannot(text: str) -> None:
    assert not is_order_no(text)

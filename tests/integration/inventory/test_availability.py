"""Others hear of a SKU only when it sells out or comes back."""

from __future__ import annotations

import pytest

from backend.inventory.domain.error import OutOfStock
from tests.factories.inventory import deduct, new_sku, receive, release, reserve
from tests.support.outbox import events

pytestmark = pytest.mark.usefixtures("app")


def heard() -> list[list[int]]:
    """The SKUs of every event so far."""
    return [sorted(event["sku_ids"]) for event in events("inventory.availability_changed")]


def test_the_first_units_of_a_sku_make_it_available() -> None:
    sku_id = new_sku()
    assert heard() == []
    receive({sku_id: 1}, reference="receipt:1")
    assert heard() == [[sku_id]]
    receive({sku_id: 1}, reference="receipt:2")
    assert heard() == [[sku_id]]


def test_reserving_the_last_unit_sells_it_out_and_releasing_brings_it_back() -> None:
    sku_id = new_sku(units=3)
    reserve({sku_id: 2}, reference="order:1")
    assert heard() == [[sku_id]]
    reserve({sku_id: 1}, reference="order:2")
    assert heard() == [[sku_id]] * 2
    release("order:2")
    assert heard() == [[sku_id]] * 3
    release("order:1")
    assert heard() == [[sku_id]] * 3


def test_shipping_what_was_sold_out_already_is_no_news() -> None:
    sku_id = new_sku(units=2)
    reserve({sku_id: 2})
    before = heard()
    deduct()
    assert heard() == before


def test_one_event_names_all_skus_of_a_movement_that_crossed_and_no_other() -> None:
    last, plenty, also_last = new_sku(units=1), new_sku(units=9), new_sku(units=2)
    reserve({last: 1, plenty: 1, also_last: 2})
    assert heard()[-1] == sorted([last, also_last])


def test_a_refused_reservation_is_no_news() -> None:
    last, short = new_sku(units=1), new_sku(units=1)
    before = heard()
    with pytest.raises(OutOfStock):
        reserve({last: 1, short: 2})
    assert heard() == before

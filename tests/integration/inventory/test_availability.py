"""Others hear of a SKU when it sells out, comes back, or when one of its last units moves."""

from __future__ import annotations

import pytest

from backend.inventory.domain.error import OutOfStock
from backend.inventory.events import LAST_UNITS
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
    receive({sku_id: 9}, reference="receipt:2")
    assert heard() == [[sku_id]] * 2
    receive({sku_id: 9}, reference="receipt:3")
    assert heard() == [[sku_id]] * 2


def test_a_sale_of_plentiful_goods_is_no_news_and_one_of_the_last_few_is() -> None:
    sku_id = new_sku(units=LAST_UNITS + 3)
    reserve({sku_id: 1}, reference="order:1")
    reserve({sku_id: 1}, reference="order:2")
    assert heard() == [[sku_id]]
    for number in range(3, LAST_UNITS + 4):
        reserve({sku_id: 1}, reference=f"order:{number}")
    assert heard() == [[sku_id]] * (1 + LAST_UNITS + 1)
    release("order:3")
    assert heard() == [[sku_id]] * (2 + LAST_UNITS + 1)


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

"""`flask shop run`: everything in one process, on SQLite and memory://, and no slower to react than the real thing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.processes import until
from tests.support.shop import Shop, open_embedded_shop
from tests.support.shopper import Shopper


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with open_embedded_shop(tmp_path_factory.mktemp("embedded")) as shop:
        shop.embedded()
        yield shop


@pytest.fixture(scope="module")
def shopper(shop: Shop) -> Shopper:
    return Shopper(shop.url)


def test_a_cancelled_payment_is_closed_through_the_queue_within_two_seconds(shopper: Shopper) -> None:
    """Request → outbox → relay → task → outbox → relay → reaction."""
    order = shopper.place(shopper.sku())
    shopper.prepay(order)

    began = time.monotonic()
    assert shopper.cancel(order)["status"] == "closing"
    shopper.wait_for(order, "closed")

    assert time.monotonic() - began < 2


def test_timers_run_inside(shop: Shop, shopper: Shopper) -> None:
    order = shopper.place(shopper.sku())
    shop.execute("UPDATE ord_order SET due_at = '2026-01-01 00:00:00.000' WHERE due_at IS NOT NULL")

    shopper.wait_for(order, "closed")


def test_nothing_is_left_in_the_outbox(shop: Shop) -> None:
    def left() -> list[dict[str, Any]]:
        return shop.rows("SELECT * FROM kit_outbox WHERE delivered_at IS NULL")

    until(lambda: left() == [], what="every message is delivered")

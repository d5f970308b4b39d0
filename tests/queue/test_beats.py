"""Timers are harmless: two of them, or nobody who listens to them for a while."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from kombu import Connection

from task.queues import TIMERS, declare_dead_letters
from task.schedule import SCHEDULE
from tests.support.brokers import look_into, waiting_in
from tests.support.processes import Child, until
from tests.support.servers import Servers
from tests.support.shop import Shop, open_shop
from tests.support.shopper import Shopper

INTERVAL = 5
EVERY_INTERVAL = [entry["task"] for entry in SCHEDULE.values() if entry["schedule"] == INTERVAL]


@pytest.fixture(scope="module")
def shop(servers: Servers, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Without timers, and without a worker."""
    with open_shop(servers, worker_id, tmp_path_factory, catalog=True) as shop:
        shop.web().wait_until_ready()
        with Connection(shop.environment["BROKER_URL"]) as connection:
            declare_dead_letters(connection)  # what a worker does first
        yield shop


@pytest.fixture(scope="module")
def broker_url(shop: Shop) -> str:
    return shop.environment["BROKER_URL"]


@pytest.fixture(scope="module")
def order(shop: Shop) -> dict[str, Any]:
    """Its time to pay is over."""
    shopper = Shopper(shop.url)
    order = shopper.place(shopper.sku())
    shop.execute("UPDATE ord_order SET due_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND")
    return order


@pytest.fixture(scope="module")
def first_messages(shop: Shop, order: dict[str, Any], broker_url: str) -> list[dict[str, Any]]:
    """What two beats have sent after one interval, while nobody listens."""
    shop.beat()
    shop.beat()
    shop.children.wait_until_ready()
    until(lambda: waiting_in(broker_url, TIMERS) >= 2 * len(EVERY_INTERVAL), what="both beats have sent")
    return look_into(broker_url, TIMERS)


@pytest.fixture(scope="module")
def worker(shop: Shop, first_messages: list[dict[str, Any]]) -> Child:
    """Late."""
    return shop.worker().wait_until_ready()


def test_a_timers_message_expires_when_the_next_one_is_due(first_messages: list[dict[str, Any]]) -> None:
    now = datetime.now(UTC)

    assert sorted(headers["task"] for headers in first_messages) == sorted(EVERY_INTERVAL * 2)
    for headers in first_messages:
        assert timedelta(0) < datetime.fromisoformat(headers["expires"]) - now <= timedelta(seconds=INTERVAL)


def test_what_nobody_listens_to_neither_piles_up_nor_is_a_dead_letter(
    first_messages: list[dict[str, Any]], broker_url: str
) -> None:
    time.sleep(INTERVAL + 0.5)

    left = {headers["id"] for headers in look_into(broker_url, TIMERS)}

    assert left.isdisjoint(headers["id"] for headers in first_messages)
    assert waiting_in(broker_url, "qiyuan.dead") == 0


def test_two_timers_close_an_order_once(shop: Shop, worker: Child, order: dict[str, Any]) -> None:
    def closed() -> bool:
        return bool(shop.value("SELECT status FROM ord_order WHERE no = :no", no=order["no"]) == "closed")

    def swept() -> int:
        return worker.log.read_text().count("Task order.close_unpaid")

    until(closed, what="the order is closed")
    before = swept()
    until(lambda: swept() >= before + 4, what="both timers asked again")

    moves = shop.rows("SELECT action, from_status, to_status FROM ord_history ORDER BY id")
    assert [tuple(move.values()) for move in moves] == [
        ("place", None, "pending_payment"),
        ("expire", "pending_payment", "closed"),
    ]
    assert shop.value("SELECT COUNT(*) FROM inv_ledger WHERE kind = 'release'") == 1
    assert shop.value("SELECT COUNT(*) FROM inv_reservation WHERE state = 'open'") == 0

"""RabbitMQ stopped, or hanging: nobody waits for it, orders become paid, what was missed happens afterwards, once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from kombu import Connection

from kit.wechat.simulator.client import SimulatorProcess
from task.queues import DEAD_EXCHANGE, DEAD_QUEUE
from tests.support import books
from tests.support.brokers import PrivateServers, exists, private_servers
from tests.support.processes import Child
from tests.support.servers import Servers
from tests.support.shop import Shop, open_shop
from tests.support.shopper import Shopper

# A request never talks to the broker; this is room for a busy machine.
QUICK_SECONDS = 2
# /health/ready asks each dependency for 2.5 s at most.
PROBE_SECONDS = 4

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def private(servers: Servers, pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> PrivateServers:
    """A broker that may be stopped."""
    return private_servers(servers, pytestconfig, tmp_path_factory)


@pytest.fixture(scope="module")
def wechat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    with SimulatorProcess(tmp_path_factory.mktemp("wechat")) as simulator:
        yield simulator


@dataclass(frozen=True)
class Crew:
    """Who must survive."""

    worker: Child
    relay: Child


@pytest.fixture(scope="module")
def shop(
    servers: Servers,
    worker_id: str,
    private: PrivateServers,
    wechat: SimulatorProcess,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Shop]:
    """Without timers: what happens here, messages do."""
    with open_shop(
        servers, worker_id, tmp_path_factory, catalog=True, private=private, settings=wechat.settings
    ) as shop:
        yield shop


@pytest.fixture(scope="module")
def crew(shop: Shop) -> Crew:
    crew = Crew(shop.worker(), shop.relay())
    shop.web()
    shop.children.wait_until_ready()
    return crew


@pytest.fixture
def shopper(shop: Shop, crew: Crew, wechat: SimulatorProcess) -> Shopper:
    return Shopper(shop.url, wechat.control)


def health(shop: Shop) -> tuple[str, str]:
    """Of the shop, and of its broker."""
    answer = requests.get(f"{shop.url}/health/ready", timeout=PROBE_SECONDS).json()
    return answer["status"], answer["dependencies"]["broker"]


def history(shop: Shop, order: dict[str, Any]) -> list[str]:
    """Every state the order was in."""
    query = """SELECT to_status FROM ord_history JOIN ord_order ON ord_order.id = ord_history.order_id
               WHERE no = :no ORDER BY ord_history.id"""
    return [row["to_status"] for row in shop.rows(query, no=order["no"])]


def releases(shop: Shop, order: dict[str, Any]) -> int:
    """How often the order's stock came back."""
    query = "SELECT COUNT(*) FROM inv_ledger WHERE kind = 'release' AND reference = :reference"
    return int(shop.value(query, reference=f"order:{order['no']}"))


def test_a_request_is_known_by_its_id_in_the_workers_log(shopper: Shopper, crew: Crew) -> None:
    order = shopper.place(shopper.sku())
    shopper.prepay(order)

    shopper.cancel(order, request_id="cancelled-by-this-test")
    shopper.wait_for(order, "closed")

    lines = [line for line in crew.worker.log.read_text().splitlines() if "cancelled-by-this-test" in line]
    assert any("system:payment.check_attempt" in line and "/close 204" in line for line in lines)


def forget_dead_letters(broker_url: str) -> None:
    """As a broker that came later than the worker, or with a new disk."""
    with Connection(broker_url) as connection, connection.channel() as channel:
        channel.queue_delete(DEAD_QUEUE.name)
        channel.exchange_delete(DEAD_EXCHANGE.name)


def play_outage(
    shop: Shop, crew: Crew, shopper: Shopper, *, leave: Callable[[str], None], come_back: Callable[[str], None]
) -> None:
    """Nobody waits for the broker, and afterwards everything has happened once."""
    sku = shopper.sku()
    unwanted, wanted = shopper.place(sku), shopper.place(sku)
    shopper.prepay(unwanted)
    books.wait_until_delivered(shop)

    leave("rabbitmq")
    try:
        began = time.monotonic()
        assert shopper.cancel(unwanted)["status"] == "closing"
        later = shopper.place(sku)
        assert time.monotonic() - began < QUICK_SECONDS

        began = time.monotonic()
        assert health(shop) == ("degraded", "unavailable")
        assert time.monotonic() - began < PROBE_SECONDS

        shopper.pay(wanted)
        shopper.wait_for(wanted, "paid", seconds=30)
        assert shopper.status(unwanted) == "closing"
        assert crew.relay.runs
    finally:
        come_back("rabbitmq")

    shopper.wait_for(unwanted, "closed", seconds=60)
    books.wait_until_delivered(shop)
    assert health(shop) == ("ok", "ok")
    assert history(shop, wanted) == ["pending_payment", "paid"]
    assert history(shop, unwanted) == ["pending_payment", "closing", "closed"]
    assert history(shop, later) == ["pending_payment"]
    assert (releases(shop, wanted), releases(shop, unwanted)) == (0, 1)
    assert crew.relay.runs
    assert crew.worker.runs
    books.assert_money_adds_up(shop)
    books.assert_stock_adds_up(shop)


def test_a_stopped_broker_is_made_up_for(shop: Shop, crew: Crew, shopper: Shopper, private: PrivateServers) -> None:
    broker_url = shop.environment["BROKER_URL"]
    forget_dead_letters(broker_url)

    play_outage(shop, crew, shopper, leave=private.stop, come_back=private.start)

    assert exists(broker_url, DEAD_QUEUE.name)


def test_a_hanging_broker_is_made_up_for(shop: Shop, crew: Crew, shopper: Shopper, private: PrivateServers) -> None:
    play_outage(shop, crew, shopper, leave=private.pause, come_back=private.resume)

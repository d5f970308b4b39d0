"""WeChat's callbacks over real HTTP: forged, spoiled, lost, repeated, and without RabbitMQ and Redis."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from kit.wechat.simulator.client import SimulatorControl, SimulatorProcess
from tests.support import books
from tests.support.brokers import PrivateServers, private_servers
from tests.support.processes import until
from tests.support.servers import Servers
from tests.support.shop import Shop, open_shop
from tests.support.shopper import Shopper

PAYMENT_CALLBACK = "/callback/wechat/payment"

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    """Comes again after 0.3 s instead of 15 s."""
    with SimulatorProcess(tmp_path_factory.mktemp("wechat"), retry_scale=0.02) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def private(servers: Servers, pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> PrivateServers:
    """A broker and a Redis that may be stopped."""
    return private_servers(servers, pytestconfig, tmp_path_factory)


@pytest.fixture(scope="module")
def shop(
    servers: Servers,
    worker_id: str,
    private: PrivateServers,
    simulator: SimulatorProcess,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Shop]:
    with open_shop(
        servers, worker_id, tmp_path_factory, catalog=True, private=private, settings=simulator.settings
    ) as shop:
        shop.open()
        yield shop


@pytest.fixture
def wechat(simulator: SimulatorProcess) -> Iterator[SimulatorControl]:
    """In fair weather, before and after."""
    yield simulator.control
    simulator.control.clear_weather()
    simulator.control.signing(callbacks="public_key")


@pytest.fixture
def shopper(shop: Shop, wechat: SimulatorControl) -> Shopper:
    return Shopper(shop.url, wechat)


def attempts_of(wechat: SimulatorControl, order: dict[str, Any]) -> list[tuple[str, int]]:
    """Every delivery of the order's payment notices: how it was spoiled, and what we answered."""
    notices = [notice for notice in wechat.deliveries() if notice["subject"].startswith(order["no"])]
    return [(attempt["fault"], attempt["http_status"]) for notice in notices for attempt in notice["attempts"]]


def receipts(shop: Shop, order: dict[str, Any]) -> int:
    """How often the order's money was written down."""
    return int(shop.value("SELECT COUNT(*) FROM pay_receipt WHERE subject = :subject", subject=f"order:{order['no']}"))


def paid_times(shop: Shop, order: dict[str, Any]) -> int:
    """How often the order became paid."""
    query = """SELECT COUNT(*) FROM ord_history JOIN ord_order ON ord_order.id = ord_history.order_id
               WHERE no = :no AND to_status = 'paid'"""
    return int(shop.value(query, no=order["no"]))


def state(shop: Shop) -> list[dict[str, Any]]:
    """Everything a callback could change."""
    tables = ("pay_notice", "pay_receipt", "pay_refund", "ord_history", "inv_ledger")
    return [shop.rows(f"SELECT COUNT(*) AS {table} FROM {table}")[0] for table in tables]


@pytest.mark.parametrize("fault", ["wrong_signature", "stale_timestamp", "signtest", "unknown_serial", "junk_body"])
def test_a_spoiled_callback_changes_nothing_and_the_honest_one_makes_the_order_paid(
    shop: Shop, shopper: Shopper, wechat: SimulatorControl, fault: str
) -> None:
    order = shopper.place(shopper.sku())
    parameters = shopper.prepay(order)
    books.wait_until_delivered(shop)
    before = state(shop)
    wechat.callback_weather(fault, times=None)

    wechat.request_payment(parameters)
    until(lambda: len(attempts_of(wechat, order)) >= 2, what="two spoiled deliveries")
    assert set(attempts_of(wechat, order)) == {(fault, 401)}
    assert state(shop) == before

    wechat.clear_weather()
    shopper.wait_for(order, "paid")
    assert attempts_of(wechat, order)[-1] == ("", 204)
    assert (receipts(shop, order), paid_times(shop, order)) == (1, 1)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, b""),
        ({}, b"{}"),
        ({}, b"\xff\xfe\x00" * 1000),
        ({"Wechatpay-Timestamp": "not a number"}, b"{}"),
        ({"Wechatpay-Signature": "a" * 344, "Wechatpay-Serial": "x", "Wechatpay-Nonce": "n"}, b"[" * 60_000),
    ],
)
def test_what_is_not_from_wechat_is_refused_and_changes_nothing(
    shop: Shop, headers: dict[str, str], body: bytes
) -> None:
    before = state(shop)

    answer = requests.post(shop.url + PAYMENT_CALLBACK, data=body, headers=headers, timeout=5)

    assert answer.status_code == 401
    assert answer.json()["code"] == "FAIL"
    assert state(shop) == before


def test_the_same_callback_again_changes_nothing(shop: Shop, shopper: Shopper, wechat: SimulatorControl) -> None:
    order = shopper.place(shopper.sku())
    shopper.pay(order)
    shopper.wait_for(order, "paid")
    books.wait_until_delivered(shop)
    before = state(shop)
    (notice,) = (notice for notice in wechat.deliveries() if notice["subject"].startswith(order["no"]))

    wechat.resend(notice["id"])
    wechat.resend(notice["id"])

    until(lambda: len(attempts_of(wechat, order)) == 3, what="two more deliveries")
    assert attempts_of(wechat, order) == [("", 204)] * 3
    assert state(shop) == before


def test_copies_of_a_callback_at_the_same_moment_are_one_receipt(
    shop: Shop, shopper: Shopper, wechat: SimulatorControl
) -> None:
    order = shopper.place(shopper.sku())
    wechat.callback_weather("duplicate", copies=6)

    shopper.pay(order)
    shopper.wait_for(order, "paid")

    until(lambda: len(attempts_of(wechat, order)) == 6, what="all copies delivered")
    assert attempts_of(wechat, order) == [("", 204)] * 6
    assert shop.value("SELECT COUNT(*) FROM pay_notice WHERE resource LIKE :number", number=f"%{order['no']}%") == 1
    assert (receipts(shop, order), paid_times(shop, order)) == (1, 1)


def test_money_whose_callback_was_lost_is_found_by_asking(
    shop: Shop, shopper: Shopper, wechat: SimulatorControl
) -> None:
    order = shopper.place(shopper.sku())
    wechat.callback_weather("lost")
    shopper.pay(order)
    # The janitor would ask in 15 s.
    shop.execute("UPDATE pay_attempt SET next_check_at = UTC_TIMESTAMP(3) WHERE next_check_at IS NOT NULL")

    shopper.wait_for(order, "paid")

    assert attempts_of(wechat, order) == []
    assert shop.rows("SELECT source FROM pay_receipt WHERE subject = :subject", subject=f"order:{order['no']}") == [
        {"source": "query"}
    ]


def test_a_callback_signed_with_the_platform_certificate_is_accepted_during_the_switch(
    shop: Shop, shopper: Shopper, wechat: SimulatorControl
) -> None:
    order = shopper.place(shopper.sku())
    wechat.signing(callbacks="certificate")

    shopper.pay(order)

    shopper.wait_for(order, "paid")
    assert attempts_of(wechat, order) == [("", 204)]


def test_money_under_an_unknown_number_is_written_down_and_goes_back(shop: Shop, wechat: SimulatorControl) -> None:
    payer = wechat.create_user()["openid"]

    wechat.unknown_money("20261120-not-ours", total=777, openid=payer, notify_url=shop.url + PAYMENT_CALLBACK)

    def returned() -> bool:
        found = shop.rows("SELECT amount_fen, state FROM pay_refund WHERE out_trade_no = '20261120-not-ours'")
        return found == [{"amount_fen": 777, "state": "success"}]

    until(returned, what="the money is back")


@contextlib.contextmanager
def stopped(private: PrivateServers) -> Iterator[None]:
    """Neither RabbitMQ nor Redis."""
    private.stop("rabbitmq", "redis")
    try:
        yield
    finally:
        private.start("rabbitmq", "redis")


def test_without_redis_and_rabbitmq_orders_are_placed_and_become_paid(
    shop: Shop, shopper: Shopper, wechat: SimulatorControl, private: PrivateServers
) -> None:
    sku = shopper.sku()

    with stopped(private):
        order = shopper.place(sku, 2)
        shopper.pay(order)
        shopper.wait_for(order, "paid")
        newcomer = Shopper(shop.url, wechat)
        second = newcomer.place(newcomer.sku())
        newcomer.pay(second)
        newcomer.wait_for(second, "paid")

    books.wait_until_delivered(shop)
    for done in (order, second):
        assert attempts_of(wechat, done) == [("", 204)]
        assert (receipts(shop, done), paid_times(shop, done)) == (1, 1)


def test_after_all_this_weather_the_books_are_right(shop: Shop, wechat: SimulatorControl) -> None:
    books.wait_until_delivered(shop)

    books.assert_money_adds_up(shop)
    books.assert_stock_adds_up(shop)
    books.assert_books_agree(shop, wechat)

"""One day of the shop, against the processes and servers of production."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kit.wechat.simulator.client import SimulatorProcess
from scripts.demo.journey import Journey
from tests.support import books
from tests.support.servers import Servers
from tests.support.shop import CATALOG, Shop, open_shop

STAFF_LOGIN = ("manager", "qiyuan-tests-2026")


@pytest.fixture(scope="module")
def wechat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    with SimulatorProcess(tmp_path_factory.mktemp("wechat")) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def shop(
    servers: Servers, worker_id: str, wechat: SimulatorProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shop]:
    """Everything that production runs; limits on logging in are on, as there."""
    settings = wechat.settings | {"RATE_LIMITS": "true"}
    with open_shop(servers, worker_id, tmp_path_factory, settings=settings) as shop:
        shop.worker()
        shop.relay()
        shop.beat()
        shop.flask("catalog", "import", str(CATALOG))
        username, password = STAFF_LOGIN
        shop.flask("staff", "create", username, "--name", "陈店长", "--password-stdin", stdin=password + "\n")
        shop.web()
        shop.children.wait_until_ready()
        yield shop


@pytest.fixture(scope="module")
def steps(shop: Shop, wechat: SimulatorProcess) -> list[str]:
    """The day, played once; every step holds."""
    said: list[str] = []
    Journey(base_url=shop.url, wechat=wechat.control, staff_login=STAFF_LOGIN, say=said.append).play()
    books.wait_until_delivered(shop)
    return said


def test_every_step_of_the_day_holds(steps: list[str]) -> None:
    names = [step.partition(":")[0] for step in steps]

    assert "支付成功 paid" in names
    assert "取消订单 cancel" in names
    assert "迟到的钱 late money" in names
    assert names[-1] == "账目 books"


def test_every_fen_that_arrived_is_on_a_paid_order_or_back_with_its_payer(shop: Shop, steps: list[str]) -> None:
    assert shop.value("SELECT COUNT(*) FROM pay_receipt") == 2
    books.assert_money_adds_up(shop)


def test_stock_is_what_the_ledger_and_the_open_reservations_say(shop: Shop, steps: list[str]) -> None:
    assert shop.value("SELECT COUNT(*) FROM inv_ledger WHERE kind = 'release'") == 2
    books.assert_stock_adds_up(shop)


def test_wechats_books_and_ours_agree(shop: Shop, wechat: SimulatorProcess, steps: list[str]) -> None:
    books.assert_books_agree(shop, wechat.control)


@pytest.mark.parametrize("name", ["beat", "relay", "worker", "web"])
def test_every_process_ends_well_when_it_is_asked_to(shop: Shop, steps: list[str], name: str) -> None:
    (child,) = shop.children.named(name)

    child.terminate()

    assert child.wait(10) == 0

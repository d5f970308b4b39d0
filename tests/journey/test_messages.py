"""Buyers are told what happens to their order, by a shop that runs and a WeChat that counts subscriptions."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from kit.wechat.simulator.client import SimulatorControl, SimulatorProcess
from scripts.demo.client import ShopClient
from tests.support.processes import until
from tests.support.shop import Shop, open_embedded_shop
from tests.support.shopper import Shopper

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.skipif(not hasattr(SimulatorControl, "messages"), reason="this simulator knows no subscribe messages"),
]

PAID, SHIPPED = "tpl-order-paid", "tpl-order-shipped"
FIELDS = {
    PAID: ["character_string1", "amount2", "thing3", "time4"],
    SHIPPED: ["character_string1", "thing2", "thing3", "character_string4", "time5"],
}
STAFF_LOGIN = ("manager", "qiyuan-tests-2026")
PARCEL = {"express_company": "顺丰速运", "tracking_no": "SF1234567890123"}
TIME = r"20\d\d年\d{1,2}月\d{1,2}日 \d\d:\d\d"


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    """It knows both templates, and refuses what does not fill exactly their fields."""
    with SimulatorProcess(tmp_path_factory.mktemp("wechat")) as simulator:
        for template_id, fields in FIELDS.items():
            simulator.control.template(template_id, fields)
        yield simulator


@pytest.fixture
def wechat(simulator: SimulatorProcess) -> Iterator[SimulatorControl]:
    """In fair weather, before and after."""
    yield simulator.control
    simulator.control.clear_weather()


@pytest.fixture(scope="module")
def shop(simulator: SimulatorProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Everything in one process."""
    templates = {"WECHAT_TEMPLATE_ORDER_PAID": PAID, "WECHAT_TEMPLATE_ORDER_SHIPPED": SHIPPED}
    with open_embedded_shop(tmp_path_factory.mktemp("shop"), staff=STAFF_LOGIN) as shop:
        shop.environment |= simulator.settings | templates
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        shop.environment["PUBLIC_URL"] = f"http://127.0.0.1:{port}"
        shop.embedded(port=port)
        yield shop


@pytest.fixture
def shopper(shop: Shop, wechat: SimulatorControl) -> Shopper:
    return Shopper(shop.url, wechat)


@pytest.fixture(scope="module")
def staff(shop: Shop) -> ShopClient:
    username, password = STAFF_LOGIN
    client = ShopClient(shop.url)
    login = client.call("POST", "/admin/v1/auth/login", json={"username": username, "password": password})
    client.use_token(login["access_token"])
    return client


def pay(shopper: Shopper, quantity: int = 2) -> dict[str, Any]:
    """A paid order."""
    order = shopper.place(shopper.sku(), quantity)
    shopper.pay(order)
    shopper.wait_for(order, "paid")
    return order


def ended(staff: ShopClient, order: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """The order's deliveries once `count` of them have an outcome, oldest first."""

    def all_ended() -> list[dict[str, Any]]:
        items = staff.get("/admin/v1/notifications/deliveries", order_no=order["no"])["items"]
        return items[::-1] if [item["state"] != "pending" for item in items] == [True] * count else []

    return until(all_ended, what=f"{count} deliveries of order {order['no']}")


def test_a_subscribed_buyer_is_told_of_payment_and_shipment(
    shopper: Shopper, staff: ShopClient, wechat: SimulatorControl
) -> None:
    for template_id in FIELDS:
        wechat.subscribe(shopper.openid, template_id)

    order = pay(shopper)
    ended(staff, order, 1)
    staff.post(f"/admin/v1/orders/{order['no']}/shipment", PARCEL)
    deliveries = ended(staff, order, 2)

    assert [(item["kind"], item["state"], item["tries"]) for item in deliveries] == [
        ("order_paid", "sent", 1),
        ("order_shipped", "sent", 1),
    ]
    paid, shipped = wechat.messages(shopper.openid)
    assert (paid["template_id"], shipped["template_id"]) == (PAID, SHIPPED)
    assert paid["page"] == shipped["page"] == f"pages/order/detail?no={order['no']}"
    fen = order["payable_fen"]
    assert paid["data"]["character_string1"] == shipped["data"]["character_string1"] == order["no"]
    assert paid["data"]["amount2"] == f"{fen // 100}.{fen % 100:02d}元"
    assert paid["data"]["thing3"] == shipped["data"]["thing2"]
    assert paid["data"]["thing3"].endswith("等 2 件")
    assert (shipped["data"]["thing3"], shipped["data"]["character_string4"]) == ("顺丰速运", "SF1234567890123")
    assert re.fullmatch(TIME, paid["data"]["time4"])
    assert re.fullmatch(TIME, shipped["data"]["time5"])


def test_who_has_not_subscribed_gets_nothing_and_the_order_goes_on(
    shopper: Shopper, staff: ShopClient, wechat: SimulatorControl
) -> None:
    order = pay(shopper)

    (delivery,) = ended(staff, order, 1)

    assert (delivery["state"], delivery["last_answer"]) == ("refused", "43101: not subscribed")
    staff.post(f"/admin/v1/orders/{order['no']}/shipment", PARCEL)
    assert shopper.status(order) == "shipped"
    assert [item["state"] for item in ended(staff, order, 2)] == ["refused", "refused"]
    assert wechat.messages(shopper.openid) == []


def test_a_message_whose_answer_was_lost_arrives_once(
    shop: Shop, shopper: Shopper, staff: ShopClient, wechat: SimulatorControl
) -> None:
    wechat.subscribe(shopper.openid, PAID)
    wechat.weather("drop_after_accept", prefix="/cgi-bin/message")

    order = pay(shopper)
    until(lambda: len(wechat.messages(shopper.openid)) == 1, what="the message")
    # The next try would come in 15 s.
    waiting = "SELECT COUNT(*) FROM ntf_delivery WHERE order_no = :no AND last_answer IS NOT NULL"
    until(lambda: shop.value(waiting, no=order["no"]), what="the lost answer")
    shop.execute("UPDATE ntf_delivery SET next_try_at = created_at WHERE next_try_at IS NOT NULL")

    (delivery,) = ended(staff, order, 1)
    assert (delivery["state"], delivery["tries"]) == ("refused", 2)
    assert delivery["last_answer"] == "43101: not subscribed; an earlier try may have arrived"
    assert len(wechat.messages(shopper.openid)) == 1


def test_bad_weather_delays_the_message_and_an_expired_token_does_not(
    shop: Shop, shopper: Shopper, staff: ShopClient, wechat: SimulatorControl
) -> None:
    wechat.subscribe(shopper.openid, PAID)
    wechat.weather("errcode", prefix="/cgi-bin/message", errcode=45009)

    order = pay(shopper)
    waiting = "SELECT COUNT(*) FROM ntf_delivery WHERE order_no = :no AND state = 'pending' AND last_answer IS NOT NULL"
    until(lambda: shop.value(waiting, no=order["no"]), what="the delayed message")
    assert wechat.messages(shopper.openid) == []
    wechat.expire_access_token()
    shop.execute("UPDATE ntf_delivery SET next_try_at = created_at WHERE next_try_at IS NOT NULL")

    (delivery,) = ended(staff, order, 1)
    assert (delivery["state"], delivery["tries"]) == ("sent", 2)
    assert len(wechat.messages(shopper.openid)) == 1

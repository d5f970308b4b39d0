"""The member's routes of orders, after placing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.order.domain.status import OrderStatus
from kit.domain.clock import utc_now
from tests.factories.catalog import make_product
from tests.factories.order import Buyer, make_buyer, place
from tests.factories.order_reading import allow_many_unpaid, history_of, order_in, row_of, stock_of
from tests.factories.user import staff_headers
from tests.support.order_requests import ORDERS
from tests.support.unchanged import nothing_changes

NOBODYS = "2611201600001234560042"
ACTIONS = ["payment", "cancel", "receipt"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/quote"), ("POST", ""), ("GET", ""), ("GET", f"/{NOBODYS}")]
    + [("POST", f"/{NOBODYS}/{action}") for action in ACTIONS],
)
def test_doors(app: Flask, client: FlaskClient, method: str, path: str) -> None:
    for headers in ({}, staff_headers(app)):
        assert client.open(ORDERS + path, method=method, headers=headers).status_code == 401


def test_the_list_pages_by_cursor(
    client: FlaskClient, buyer: Buyer, member: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    allow_many_unpaid(monkeypatch)
    product = make_product(price_fen=9900, stock=100)
    placed = [place(buyer, product).no for _ in range(45)]
    seen: list[str] = []
    query: dict[str, str] = {}
    for size, more in ((20, True), (20, True), (5, False)):
        page = client.get(ORDERS, query_string=query, headers=member).get_json()
        assert (len(page["items"]), page["next_cursor"] is not None) == (size, more)
        seen += [item["no"] for item in page["items"]]
        query = {"cursor": page["next_cursor"]}
    assert seen == placed[::-1]


def test_the_list_can_be_of_one_status(client: FlaskClient, buyer: Buyer, member: dict[str, str]) -> None:
    closed, _ = order_in(OrderStatus.CLOSED, buyer), place(buyer)
    page = client.get(ORDERS, query_string={"status": "closed"}, headers=member).get_json()
    assert [item["no"] for item in page["items"]] == [closed]


def test_the_detail_shows_everything_the_buyer_may_know(
    client: FlaskClient, buyer: Buyer, member: dict[str, str]
) -> None:
    product = make_product(price_fen=5000, title="苹果")
    no = order_in(OrderStatus.SHIPPED, buyer, product, quantity=2)
    shown = client.get(f"{ORDERS}/{no}", headers=member).get_json()
    assert (shown["no"], shown["status"], shown["item_count"]) == (no, "shipped", 2)
    assert (shown["goods_fen"], shown["freight_fen"], shown["payable_fen"]) == (10_000, 0, 10_000)
    assert (shown["express_company"], shown["tracking_no"]) == ("顺丰速运", "SF1234567890")
    assert shown["recipient"] == {
        "receiver": "林小满",
        "phone": "13800138000",
        "province": "浙江省",
        "city": "杭州市",
        "district": "西湖区",
        "detail": "文三路 90 号",
    }
    assert [(line["title"], line["quantity"], line["amount_fen"]) for line in shown["lines"]] == [("苹果", 2, 10_000)]
    assert [(step["action"], step["by"]) for step in shown["history"]] == [
        ("place", "member"),
        ("pay", "system"),
        ("ship", "staff"),
    ]
    assert "staff:" not in str(shown["history"]), "which of them is not the customer's business"
    assert shown["allowed_actions"] == ["confirm_receipt"]
    assert {"buyer_id", "transaction_id"}.isdisjoint(shown)


def test_pay_is_offered_until_the_deadline_only(client: FlaskClient, buyer: Buyer, member: dict[str, str]) -> None:
    now = utc_now()
    young, old = (place(buyer, now=now - timedelta(minutes=minutes)).no for minutes in (14, 16))
    allowed = {item["no"]: item["allowed_actions"] for item in client.get(ORDERS, headers=member).get_json()["items"]}
    assert allowed == {young: ["pay", "cancel"], old: ["cancel"]}
    refused = client.post(f"{ORDERS}/{old}/payment", headers=member)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "order.payment_deadline_over")


def test_paying_is_answered_with_the_arguments_of_wx_request_payment(
    client: FlaskClient, buyer: Buyer, member: dict[str, str]
) -> None:
    no = place(buyer).no
    first = client.post(f"{ORDERS}/{no}/payment", headers=member)
    again = client.post(f"{ORDERS}/{no}/payment", headers=member)
    assert (first.status_code, again.status_code) == (200, 200)
    assert set(first.get_json()) == {"appId", "timeStamp", "nonceStr", "package", "signType", "paySign"}
    assert first.get_json()["package"] == again.get_json()["package"] == f"prepay_id=prepay-{no}-1"


def test_cancelling_an_unpaid_order(client: FlaskClient, buyer: Buyer, member: dict[str, str]) -> None:
    product = make_product(stock=5)
    no = place(buyer, product).no
    answer = client.post(f"{ORDERS}/{no}/cancel", json={"reason": "不想要了"}, headers=member)
    assert (answer.status_code, answer.get_json()) == (200, {"no": no, "status": "closed"})
    assert stock_of(product.sku_id) == (5, 0)
    assert row_of(no).close_reason == "不想要了"
    with nothing_changes():
        again = client.post(f"{ORDERS}/{no}/cancel", json={"reason": "不想要了"}, headers=member)
    assert (again.status_code, again.data) == (200, answer.data)


def test_a_reason_is_not_asked_for(client: FlaskClient, buyer: Buyer, member: dict[str, str]) -> None:
    no = place(buyer).no
    assert client.post(f"{ORDERS}/{no}/cancel", json={}, headers=member).status_code == 200
    assert row_of(no).close_reason == "changed my mind"


@pytest.mark.parametrize("reason", ["", "x" * 101, "two\nlines", "a\x00b", None, 1])
def test_a_reason_is_one_line(client: FlaskClient, buyer: Buyer, member: dict[str, str], reason: object) -> None:
    no = place(buyer).no
    with nothing_changes():
        answer = client.post(f"{ORDERS}/{no}/cancel", json={"reason": reason}, headers=member)
    assert (answer.status_code, set(answer.get_json()["errors"])) == (422, {"reason"})


def test_a_cancelled_order_that_wechat_knows_is_closing(
    client: FlaskClient, buyer: Buyer, member: dict[str, str]
) -> None:
    product = make_product(stock=5)
    no = place(buyer, product).no
    client.post(f"{ORDERS}/{no}/payment", headers=member)
    answer = client.post(f"{ORDERS}/{no}/cancel", json={}, headers=member)
    assert answer.get_json() == {"no": no, "status": "closing"}
    assert stock_of(product.sku_id) == (5, 1)


def test_a_paid_order_is_not_cancelled(client: FlaskClient, buyer: Buyer, member: dict[str, str]) -> None:
    no = order_in(OrderStatus.PAID, buyer)
    with nothing_changes():
        answer = client.post(f"{ORDERS}/{no}/cancel", json={}, headers=member)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "order.action_not_allowed")


def test_confirming_the_receipt_once(client: FlaskClient, buyer: Buyer, member: dict[str, str]) -> None:
    no = order_in(OrderStatus.SHIPPED, buyer)
    answer = client.post(f"{ORDERS}/{no}/receipt", headers=member)
    assert (answer.status_code, answer.get_json()) == (200, {"no": no, "status": "completed"})
    with nothing_changes():
        again = client.post(f"{ORDERS}/{no}/receipt", headers=member)
    assert (again.status_code, again.get_json()["code"]) == (409, "order.action_not_allowed")
    assert len(history_of(no)) == 4


@pytest.mark.parametrize("status", [OrderStatus.PENDING_PAYMENT, OrderStatus.SHIPPED])
def test_somebody_elses_order_is_404_whatever_is_asked(
    client: FlaskClient, member_of: Callable[[Buyer], dict[str, str]], status: OrderStatus
) -> None:
    no, stranger = order_in(status, make_buyer()), member_of(make_buyer())
    with nothing_changes():
        answers = [client.get(f"{ORDERS}/{no}", headers=stranger)]
        answers += [client.post(f"{ORDERS}/{no}/{action}", json={}, headers=stranger) for action in ACTIONS]
    assert {(answer.status_code, answer.get_json()["code"]) for answer in answers} == {(404, "order.not_found")}
    assert client.get(ORDERS, headers=stranger).get_json()["items"] == []


@pytest.mark.parametrize("number", [NOBODYS, "0", "x", quote("苹果"), quote("１２"), "%00", "%ED%A0%80", "1" * 5000])
def test_a_number_that_never_was_is_404(client: FlaskClient, member: dict[str, str], number: str) -> None:
    answers = [client.get(f"{ORDERS}/{number}", headers=member)]
    answers += [client.post(f"{ORDERS}/{number}/{action}", json={}, headers=member) for action in ACTIONS]
    assert {(answer.status_code, answer.get_json()["code"]) for answer in answers} == {(404, "order.not_found")}


def test_a_number_with_a_space_behind_it_is_another(client: FlaskClient, buyer: Buyer, member: dict[str, str]) -> None:
    assert client.get(f"{ORDERS}/{place(buyer).no}%20", headers=member).status_code == 404


@pytest.mark.parametrize("action", ["payment", "cancel"])
def test_moving_money_or_stock_needs_a_key(
    client: FlaskClient, buyer: Buyer, member: dict[str, str], action: str
) -> None:
    no = place(buyer).no
    del member["Idempotency-Key"]
    with nothing_changes():
        answer = client.post(f"{ORDERS}/{no}/{action}", json={}, headers=member)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "kit.idempotency_key_missing")

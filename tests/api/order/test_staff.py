"""The staff's routes of orders."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.order.domain.status import OrderStatus
from tests.factories.catalog import make_product
from tests.factories.order import Buyer, make_buyer, place
from tests.factories.order_reading import history_of, order_in, row_of, stock_of
from tests.factories.user import staff_headers
from tests.support.unchanged import nothing_changes

ORDERS = "/admin/v1/orders"
NOBODYS = "2611201600001234560042"
PERMISSIONS = {"order:read", "order:ship", "order:cancel"}
PARCEL = {"express_company": "顺丰速运", "tracking_no": "SF1234567890123"}
DOORS = [
    ("GET", "", "order:read"),
    ("GET", f"/{NOBODYS}", "order:read"),
    ("POST", f"/{NOBODYS}/shipment", "order:ship"),
    ("POST", f"/{NOBODYS}/cancel", "order:cancel"),
]


@pytest.mark.parametrize(("method", "path", "permission"), DOORS)
def test_doors(
    app: Flask, client: FlaskClient, member: dict[str, str], method: str, path: str, permission: str
) -> None:
    assert client.open(ORDERS + path, method=method).status_code == 401
    assert client.open(ORDERS + path, method=method, headers=member).status_code == 401
    others = staff_headers(app, permissions=PERMISSIONS - {permission})
    refused = client.open(ORDERS + path, method=method, headers=others)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "auth.permission_missing")
    admitted = client.open(ORDERS + path, method=method, headers=staff_headers(app, permissions={permission}))
    assert admitted.status_code in (200, 404, 422)


def test_a_refused_member_of_staff_changes_nothing(app: Flask, client: FlaskClient, staff: dict[str, str]) -> None:
    no = order_in(OrderStatus.PAID, make_buyer())
    reader = staff_headers(app, permissions={"order:read"}) | {"Idempotency-Key": "intent-number-1"}
    with nothing_changes():
        shipped = client.post(f"{ORDERS}/{no}/shipment", json=PARCEL, headers=reader)
        cancelled = client.post(f"{ORDERS}/{no}/cancel", json={}, headers=reader)
    assert (shipped.status_code, cancelled.status_code) == (403, 403)


def test_the_list_filters(client: FlaskClient, buyer: Buyer, staff: dict[str, str]) -> None:
    other = make_buyer()
    paid, pending, others = order_in(OrderStatus.PAID, buyer), place(buyer).no, place(other).no

    def found(**query: Any) -> list[str]:
        page = client.get(ORDERS, query_string=query, headers=staff).get_json()
        return [item["no"] for item in page["items"]]

    assert found() == [others, pending, paid]
    assert found(status="paid") == [paid]
    assert found(buyer_id=buyer.id) == [pending, paid]
    assert found(no=others) == [others]
    assert found(status="paid", buyer_id=other.id) == []


def test_the_list_pages_by_cursor(client: FlaskClient, buyer: Buyer, staff: dict[str, str]) -> None:
    product = make_product(price_fen=9900, stock=100)
    placed = [place(buyer, product).no for _ in range(5)]
    first = client.get(ORDERS, query_string={"limit": 3}, headers=staff).get_json()
    second = client.get(ORDERS, query_string={"cursor": first["next_cursor"]}, headers=staff).get_json()
    assert [item["no"] for item in first["items"] + second["items"]] == placed[::-1]
    assert (len(first["items"]), second["next_cursor"]) == (3, None)


@pytest.mark.parametrize(
    "query",
    ["x=1", "no=x", f"no={quote('１２')}", f"no={'1' * 33}", "buyer_id=0", "buyer_id=x", "status=gone", "limit=101"],
)
def test_a_query_the_list_does_not_know_is_refused(client: FlaskClient, staff: dict[str, str], query: str) -> None:
    answer = client.get(f"{ORDERS}?{query}", headers=staff)
    assert (answer.status_code, set(answer.get_json()["errors"])) == (422, {query.partition("=")[0]})


def test_the_detail_tells_staff_who_bought_and_what_wechat_calls_it(
    client: FlaskClient, buyer: Buyer, staff: dict[str, str]
) -> None:
    no = order_in(OrderStatus.PAID, buyer)
    shown = client.get(f"{ORDERS}/{no}", headers=staff).get_json()
    assert (shown["buyer_id"], shown["transaction_id"]) == (str(buyer.id), f"4200{no}-1")
    assert shown["allowed_actions"] == ["ship"]
    assert [step["operator"] for step in shown["history"]] == [f"member:{buyer.id}", "system:payment"]


def test_shipping_a_paid_order_once(client: FlaskClient, buyer: Buyer, staff: dict[str, str]) -> None:
    product = make_product(price_fen=5000, stock=5)
    no = order_in(OrderStatus.PAID, buyer, product, quantity=2)
    answer = client.post(f"{ORDERS}/{no}/shipment", json=PARCEL, headers=staff)
    assert (answer.status_code, answer.get_json()) == (200, {"no": no, "status": "shipped"})
    assert stock_of(product.sku_id) == (3, 0)
    assert row_of(no).tracking_no == "SF1234567890123"
    with nothing_changes():
        replayed = client.post(f"{ORDERS}/{no}/shipment", json=PARCEL, headers=staff)
        again = client.post(
            f"{ORDERS}/{no}/shipment", json=PARCEL, headers=staff | {"Idempotency-Key": "intent-number-2"}
        )
    assert (replayed.status_code, replayed.data) == (200, answer.data)
    assert (again.status_code, again.get_json()["code"]) == (409, "order.action_not_allowed")


def test_an_unpaid_order_is_not_shipped(client: FlaskClient, buyer: Buyer, staff: dict[str, str]) -> None:
    no = place(buyer).no
    with nothing_changes():
        answer = client.post(f"{ORDERS}/{no}/shipment", json=PARCEL, headers=staff | {"Accept-Language": "en"})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "order.action_not_allowed")
    assert answer.get_json()["message"] == "An order that is waiting for payment cannot be shipped"


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"tracking_no": ""}, "tracking_no"),
        ({"tracking_no": "SF 1"}, "tracking_no"),
        ({"tracking_no": "单号"}, "tracking_no"),
        ({"tracking_no": "1" * 41}, "tracking_no"),
        ({"express_company": ""}, "express_company"),
        ({"express_company": "a\nb"}, "express_company"),
        ({"express_company": None}, "express_company"),
        ({"shipped_at": "2026-11-20"}, "shipped_at"),
    ],
)
def test_a_parcel_of_another_shape_is_refused(
    client: FlaskClient, buyer: Buyer, staff: dict[str, str], over: dict[str, Any], field: str
) -> None:
    no = order_in(OrderStatus.PAID, buyer)
    with nothing_changes():
        answer = client.post(f"{ORDERS}/{no}/shipment", json=PARCEL | over, headers=staff)
    assert (answer.status_code, set(answer.get_json()["errors"])) == (422, {field})


def test_staff_cancel_an_unpaid_order_in_their_own_name(
    client: FlaskClient, buyer: Buyer, staff: dict[str, str]
) -> None:
    no = place(buyer).no
    answer = client.post(f"{ORDERS}/{no}/cancel", json={"reason": "缺货"}, headers=staff)
    assert (answer.status_code, answer.get_json()) == (200, {"no": no, "status": "closed"})
    assert history_of(no)[-1][-1].startswith("staff:")


@pytest.mark.parametrize("number", [NOBODYS, "x", quote("苹果"), "%00"])
def test_a_number_that_never_was_is_404(client: FlaskClient, staff: dict[str, str], number: str) -> None:
    for answer in (
        client.get(f"{ORDERS}/{number}", headers=staff),
        client.post(f"{ORDERS}/{number}/shipment", json=PARCEL, headers=staff),
        client.post(f"{ORDERS}/{number}/cancel", json={}, headers=staff),
    ):
        assert (answer.status_code, answer.get_json()["code"]) == (404, "order.not_found")


@pytest.mark.parametrize("path", [f"{NOBODYS}/shipment", f"{NOBODYS}/cancel"])
def test_moving_stock_needs_a_key(client: FlaskClient, staff: dict[str, str], path: str) -> None:
    del staff["Idempotency-Key"]
    answer = client.post(f"{ORDERS}/{path}", json=PARCEL, headers=staff)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "kit.idempotency_key_missing")

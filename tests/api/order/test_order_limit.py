"""每单限购: what one order may hold of a SKU, in the cart, in a quote and when it is placed."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from backend.catalog.domain.sku import Sku
from kit.db.extension import db
from kit.service.transaction import in_transaction
from tests.factories.catalog import ProductFixture, make_product
from tests.factories.order import Buyer
from tests.factories.user import staff_headers
from tests.support.order_requests import ORDERS, items_of, order_of
from tests.support.unchanged import nothing_changes

LINES = "/api/v1/cart/lines"


@pytest.fixture
def limited(app: Flask, client: FlaskClient) -> ProductFixture:
    """At most 2 in one order, as staff have said."""
    made = make_product(price_fen=9900, stock=10)
    staff = staff_headers(app, permissions={"catalog:read", "catalog:edit"})
    path = f"/admin/v1/products/{made.product_id}"
    detail = client.get(path, headers=staff).get_json()
    sku = {name: detail["skus"][0][name] for name in ("id", "spec", "price_fen")} | {"order_limit": 2}
    body = {name: detail[name] for name in ("category_id", "title", "version")} | {"skus": [sku]}
    assert client.put(path, json=body, headers=staff).status_code == 200
    return made


def test_the_cart_takes_the_limit_and_not_one_more(
    client: FlaskClient, member: dict[str, str], limited: ProductFixture
) -> None:
    one = {"sku_id": str(limited.sku_id), "quantity": 1}
    for _ in range(2):
        assert client.post(LINES, json=one, headers=member).status_code in (200, 201)
    (line,) = client.get("/api/v1/cart", headers=member).get_json()["items"]
    assert (line["quantity"], line["order_limit"], line["availability"]) == (2, 2, "ok")
    for refused in (
        client.post(LINES, json=one, headers=member),
        client.put(f"{LINES}/{limited.sku_id}", json={"quantity": 3}, headers=member),
    ):
        assert (refused.status_code, refused.get_json()["code"]) == (409, "cart.over_order_limit")
        assert refused.get_json()["errors"] == {"quantity": {"maximum": 2, "wanted": 3}}
    assert client.get("/api/v1/cart", headers=member).get_json()["items"] == [line]


def test_a_quote_of_more_is_refused(client: FlaskClient, member: dict[str, str], limited: ProductFixture) -> None:
    for quantity, status in ((2, 200), (3, 409)):
        answer = client.post(f"{ORDERS}/quote", json={"items": items_of({limited.sku_id: quantity})}, headers=member)
        assert answer.status_code == status
    assert answer.get_json()["code"] == "order.over_order_limit"
    assert answer.get_json()["errors"] == {str(limited.sku_id): {"maximum": 2, "wanted": 3}}


def test_an_order_of_more_is_refused_and_changes_nothing(
    client: FlaskClient, buyer: Buyer, member: dict[str, str], limited: ProductFixture
) -> None:
    other = make_product()
    body = order_of(buyer, {limited.sku_id: 2, other.sku_id: 3})
    body["items"] = items_of({limited.sku_id: 3, other.sku_id: 3})
    with nothing_changes():
        refused = client.post(ORDERS, json=body, headers=member | {"Idempotency-Key": "over-limit-1"})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "order.over_order_limit")
    assert refused.get_json()["errors"] == {str(limited.sku_id): {"maximum": 2, "wanted": 3}}
    body = order_of(buyer, {limited.sku_id: 2, other.sku_id: 3})
    placed = client.post(ORDERS, json=body, headers=member | {"Idempotency-Key": "at-limit-1"})
    assert placed.status_code == 201


def test_a_limit_that_comes_later_marks_the_line(
    client: FlaskClient, member: dict[str, str], limited: ProductFixture
) -> None:
    client.post(LINES, json={"sku_id": str(limited.sku_id), "quantity": 2}, headers=member)
    in_transaction(lambda: db.session.execute(update(Sku).where(Sku.id == limited.sku_id).values(order_limit=1)))
    (line,) = client.get("/api/v1/cart", headers=member).get_json()["items"]
    assert (line["availability"], line["order_limit"]) == ("over_limit", 1)

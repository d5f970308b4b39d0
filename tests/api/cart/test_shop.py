"""The member's routes of the cart."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kit.domain.identity import new_id
from tests.factories.cart import cart_of, put_in
from tests.factories.catalog import make_product
from tests.factories.catalog_changes import rewrite
from tests.factories.statements import counted_statements
from tests.factories.user import make_customer, member_headers, staff_headers
from tests.support.unchanged import nothing_changes

CART, LINES = "/api/v1/cart", "/api/v1/cart/lines"


@pytest.fixture
def customer(app: Flask) -> int:
    return make_customer()


@pytest.fixture
def member(app: Flask, customer: int) -> dict[str, str]:
    """Headers of the customer."""
    return member_headers(app, customer)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", CART), ("POST", LINES), ("PUT", f"{LINES}/1"), ("DELETE", f"{LINES}/1"), ("DELETE", LINES)],
)
def test_doors(app: Flask, client: FlaskClient, method: str, path: str) -> None:
    for headers, code in (
        ({}, "auth.token_missing"),
        (staff_headers(app), "auth.token_invalid"),
        ({"Authorization": "Bearer nonsense"}, "auth.token_invalid"),
    ):
        answer = client.open(path, method=method, headers=headers)
        assert (answer.status_code, answer.get_json()["code"]) == (401, code)


def test_an_added_line_is_answered_as_it_is_stored(client: FlaskClient, customer: int, member: dict[str, str]) -> None:
    product = make_product(price_fen=1990)
    body = {"sku_id": str(product.sku_id), "quantity": 2}
    answer = client.post(LINES, json=body, headers=member)
    assert answer.status_code == 201
    assert answer.get_json() == body | {"added_price_fen": 1990}
    assert client.post(LINES, json=body, headers=member).get_json()["quantity"] == 4
    assert cart_of(customer) == {product.sku_id: 4}


def test_without_a_quantity_one_is_added(client: FlaskClient, member: dict[str, str]) -> None:
    body = {"sku_id": str(make_product().sku_id)}
    assert client.post(LINES, json=body, headers=member).get_json()["quantity"] == 1


def test_the_cart_is_shown(client: FlaskClient, customer: int, member: dict[str, str]) -> None:
    product = make_product(price_fen=1990, stock=1, title="苹果", unit="盒", image_url="https://a/p")
    put_in(customer, product.sku_id, 2)
    rewrite(product, price_fen=2090, title="苹果")
    assert client.get(CART, headers=member).get_json() == {
        "items": [
            {
                "sku_id": str(product.sku_id),
                "product_id": str(product.product_id),
                "title": "苹果",
                "spec_text": "规格:款式1",
                "image_url": "",
                "unit": "盒",
                "quantity": 2,
                "price_fen": 2090,
                "added_price_fen": 1990,
                "price_changed": True,
                "availability": "insufficient",
                "max_quantity": 1,
                "order_limit": None,
            }
        ],
        "orderable_fen": 0,
    }


def test_a_quantity_is_set(client: FlaskClient, customer: int, member: dict[str, str]) -> None:
    product = make_product()
    put_in(customer, product.sku_id, 5)
    answer = client.put(f"{LINES}/{product.sku_id}", json={"quantity": 3}, headers=member)
    assert (answer.status_code, answer.get_json()["quantity"]) == (200, 3)
    assert cart_of(customer) == {product.sku_id: 3}


def test_a_line_is_taken_out_and_again_is_fine(client: FlaskClient, customer: int, member: dict[str, str]) -> None:
    product = make_product(skus=2)
    gone, stays = product.sku_ids
    for sku_id in product.sku_ids:
        put_in(customer, sku_id)
    for _ in range(2):
        answer = client.delete(f"{LINES}/{gone}", headers=member)
        assert (answer.status_code, answer.data) == (204, b"")
    assert cart_of(customer) == {stays: 1}


def test_the_cart_is_emptied(client: FlaskClient, customer: int, member: dict[str, str]) -> None:
    put_in(customer, make_product().sku_id)
    assert client.delete(LINES, headers=member).status_code == 204
    assert client.get(CART, headers=member).get_json() == {"items": [], "orderable_fen": 0}


def test_what_is_not_sold_is_404(client: FlaskClient, member: dict[str, str]) -> None:
    off = make_product(on_sale=False)
    for sku_id in (off.sku_id, new_id()):
        with nothing_changes():
            answer = client.post(LINES, json={"sku_id": str(sku_id)}, headers=member)
        assert (answer.status_code, answer.get_json()["code"]) == (404, "cart.sku_not_sold")


def test_somebody_elses_line_is_404_and_stays(client: FlaskClient, member: dict[str, str]) -> None:
    product = make_product()
    put_in(make_customer(), product.sku_id, 5)
    with nothing_changes():
        changed = client.put(f"{LINES}/{product.sku_id}", json={"quantity": 3}, headers=member)
        removed = client.delete(f"{LINES}/{product.sku_id}", headers=member)
        cleared = client.delete(LINES, headers=member)
    assert (changed.status_code, changed.get_json()["code"]) == (404, "cart.line_not_found")
    assert (removed.status_code, cleared.status_code) == (204, 204)


@pytest.mark.parametrize("number", ["0", "9" * 19, "9" * 40, "x", "-1", "1.5"])
def test_a_path_that_is_no_id_is_404(client: FlaskClient, member: dict[str, str], number: str) -> None:
    assert client.put(f"{LINES}/{number}", json={"quantity": 1}, headers=member).status_code == 404


QUANTITIES = [0, -1, 1.0, 1.5, "2", True, None, 1000, 2**70, [1], {"n": 1}]


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_a_quantity_that_is_none_is_refused(
    client: FlaskClient, customer: int, member: dict[str, str], quantity: Any
) -> None:
    product = make_product()
    put_in(customer, product.sku_id, 5)
    with nothing_changes():
        added = client.post(LINES, json={"sku_id": str(product.sku_id), "quantity": quantity}, headers=member)
        changed = client.put(f"{LINES}/{product.sku_id}", json={"quantity": quantity}, headers=member)
    for answer in (added, changed):
        assert answer.status_code == 422
        assert set(answer.get_json()["errors"]) == {"quantity"}


@pytest.mark.parametrize("sku_id", [1, 1.0, True, None, "", "0", "-1", "x", "１２", str(2**63), "9" * 20])
def test_an_id_that_is_none_is_refused(client: FlaskClient, member: dict[str, str], sku_id: Any) -> None:
    answer = client.post(LINES, json={"sku_id": sku_id}, headers=member)
    assert answer.status_code == 422
    assert set(answer.get_json()["errors"]) == {"sku_id"}


def test_a_field_the_cart_does_not_know_is_refused(client: FlaskClient, member: dict[str, str]) -> None:
    body = {"sku_id": str(make_product().sku_id), "added_price_fen": 1}
    with nothing_changes():
        answer = client.post(LINES, json=body, headers=member)
    assert (answer.status_code, answer.get_json()["errors"]) == (422, {"added_price_fen": ["没有这个字段，请去掉"]})


# Everything the database sees in the request but BEGIN, COMMIT and savepoints, and but the one statement that asks
# who is there.
@pytest.mark.parametrize("lines", [1, 5, 20])
def test_statements_do_not_grow_with_the_cart(
    client: FlaskClient, customer: int, member: dict[str, str], lines: int
) -> None:
    product, new = make_product(skus=lines), make_product()
    for sku_id in product.sku_ids:
        put_in(customer, sku_id)

    def count(method: str, path: str, body: Any = None) -> int:
        with counted_statements() as statements:
            assert client.open(path, method=method, json=body, headers=member).status_code in (200, 201)
        assert "usr_session" in statements[0]
        return len(statements) - 1

    assert count("GET", CART) == 3
    assert count("POST", LINES, {"sku_id": str(product.sku_id)}) == 3
    assert count("POST", LINES, {"sku_id": str(new.sku_id)}) == 3
    assert count("PUT", f"{LINES}/{product.sku_id}", {"quantity": 9}) == 3

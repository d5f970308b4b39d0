"""Quoting and placing orders through the door of the mini-program."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from backend.order.service import placement
from kit.domain.identity import new_id
from tests.factories.cart import cart_of, put_in
from tests.factories.catalog import make_product
from tests.factories.catalog_changes import rewrite, take_off_sale
from tests.factories.order import Buyer, make_buyer
from tests.factories.order_reading import order, row_of, stock_of
from tests.support.order_requests import ORDERS, items_of, order_of
from tests.support.unchanged import nothing_changes


def test_a_quote_has_lines_and_amounts(client: FlaskClient, member: dict[str, str]) -> None:
    product = make_product(price_fen=1990, title="苹果", unit="盒", image_url="https://a/p")
    body = {"items": items_of({product.sku_id: 2})}
    with nothing_changes():
        answer = client.post(f"{ORDERS}/quote", json=body, headers=member)
    quote = answer.get_json()
    (line,) = quote.pop("lines")
    assert (answer.status_code, quote) == (200, {"goods_fen": 3980, "freight_fen": 800, "payable_fen": 4780})
    assert (line["sku_id"], line["title"], line["spec_text"]) == (str(product.sku_id), "苹果", "规格:款式1")
    assert (line["price_fen"], line["quantity"], line["amount_fen"]) == (1990, 2, 3980)


def test_the_same_sku_twice_is_added_up(client: FlaskClient, buyer: Buyer, member: dict[str, str]) -> None:
    product = make_product(price_fen=5000, stock=5)
    items = items_of({product.sku_id: 2}) + items_of({product.sku_id: 3})
    quote = client.post(f"{ORDERS}/quote", json={"items": items}, headers=member).get_json()
    assert [line["quantity"] for line in quote["lines"]] == [5]
    assert quote["payable_fen"] == 25_000
    placed = client.post(ORDERS, json=order_of(buyer, {product.sku_id: 5}, items=items), headers=member)
    assert placed.status_code == 201
    assert stock_of(product.sku_id) == (5, 5)


def test_lines_of_one_sku_may_not_add_up_to_more_than_a_line_may_hold(
    client: FlaskClient, buyer: Buyer, member: dict[str, str]
) -> None:
    product = make_product(stock=2000)
    items = items_of({product.sku_id: 999}) + items_of({product.sku_id: 1})
    body = order_of(buyer, {product.sku_id: 1}, items=items)
    with nothing_changes():
        quoted = client.post(f"{ORDERS}/quote", json={"items": items}, headers=member)
        placed = client.post(ORDERS, json=body, headers=member)
    for answer in (quoted, placed):
        assert (answer.status_code, answer.get_json()["code"]) == (422, "order.too_many_of_one")
        assert set(answer.get_json()["errors"]) == {str(product.sku_id)}


def test_an_eleventh_unpaid_order_is_409(client: FlaskClient, buyer: Buyer, member: dict[str, str]) -> None:
    product = make_product(stock=100)
    for _ in range(10):
        order(buyer, {product.sku_id: 1})
    body = order_of(buyer, {product.sku_id: 1})
    with nothing_changes():
        answer = client.post(ORDERS, json=body, headers=member)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "order.too_many_unpaid")


def test_what_is_not_for_sale_is_named(client: FlaskClient, member: dict[str, str]) -> None:
    fine, off, unknown = make_product(), make_product(on_sale=False), new_id()
    body = {"items": items_of(dict.fromkeys([fine.sku_id, off.sku_id, unknown], 1))}
    answer = client.post(f"{ORDERS}/quote", json=body, headers=member)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "order.not_for_sale")
    assert set(answer.get_json()["errors"]) == {str(off.sku_id), str(unknown)}


def test_a_placed_order_is_answered_with_number_amount_and_deadline(
    client: FlaskClient, buyer: Buyer, member: dict[str, str]
) -> None:
    product = make_product(price_fen=1990, stock=5)
    put_in(buyer.id, product.sku_id, 2)
    answer = client.post(ORDERS, json=order_of(buyer, {product.sku_id: 2}, remark=" 放门口\n谢谢 "), headers=member)
    placed = answer.get_json()
    row = row_of(placed["no"])
    assert answer.status_code == 201
    assert set(placed) == {"id", "no", "status", "payable_fen", "due_at"}
    assert (placed["id"], placed["status"], placed["payable_fen"]) == (str(row.id), "pending_payment", 4780)
    assert datetime.fromisoformat(placed["due_at"]) == row.due_at == row.placed_at + timedelta(minutes=15)
    assert (row.buyer_id, row.remark, row.item_count) == (buyer.id, "放门口\n谢谢", 2)
    assert stock_of(product.sku_id) == (5, 2)
    assert cart_of(buyer.id) == {}


def test_a_price_that_moved_is_409_with_both_amounts(client: FlaskClient, buyer: Buyer, member: dict[str, str]) -> None:
    product = make_product(price_fen=1990)
    body = order_of(buyer, {product.sku_id: 1})
    rewrite(product, price_fen=2090)
    with nothing_changes():
        answer = client.post(ORDERS, json=body, headers=member)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "order.price_moved")
    assert answer.get_json()["errors"] == {"payable_fen": 2890, "confirmed_payable_fen": 2790}


def test_too_little_stock_is_409_and_names_what_is_left(
    client: FlaskClient, buyer: Buyer, member: dict[str, str]
) -> None:
    enough, short = make_product(stock=2), make_product(stock=1)
    with nothing_changes():
        answer = client.post(ORDERS, json=order_of(buyer, {enough.sku_id: 2, short.sku_id: 3}), headers=member)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "inventory.out_of_stock")
    assert answer.get_json()["errors"] == {str(short.sku_id): {"wanted": 3, "available": 1}}


def test_a_product_that_went_off_sale_is_409(client: FlaskClient, buyer: Buyer, member: dict[str, str]) -> None:
    product = make_product()
    body = order_of(buyer, {product.sku_id: 1})
    take_off_sale(product)
    with nothing_changes():
        answer = client.post(ORDERS, json=body, headers=member)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "order.not_for_sale")


def test_somebody_elses_address_is_404(client: FlaskClient, buyer: Buyer, member: dict[str, str]) -> None:
    body = order_of(buyer, {make_product().sku_id: 1}, address_id=str(make_buyer().address_id))
    with nothing_changes():
        answer = client.post(ORDERS, json=body, headers=member)
    assert (answer.status_code, answer.get_json()["code"]) == (404, "user.address_not_found")


def test_a_number_given_out_twice_does_not_reach_the_client(
    client: FlaskClient, buyer: Buyer, member: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    product = make_product(stock=5)
    numbers = iter([order(buyer, {product.sku_id: 1}).no, "2611201630000000010042"])
    monkeypatch.setattr(placement, "new_order_no", lambda **_: next(numbers))
    answer = client.post(ORDERS, json=order_of(buyer, {product.sku_id: 2}), headers=member)
    assert (answer.status_code, answer.get_json()["no"]) == (201, "2611201630000000010042")
    assert stock_of(product.sku_id) == (5, 3)


def test_the_same_request_again_is_the_same_answer_and_no_second_order(
    client: FlaskClient, buyer: Buyer, member: dict[str, str]
) -> None:
    product = make_product(stock=5)
    body = order_of(buyer, {product.sku_id: 2})
    first = client.post(ORDERS, json=body, headers=member)
    with nothing_changes():
        again = client.post(ORDERS, json=body, headers=member)
    assert (again.status_code, again.data, again.mimetype) == (201, first.data, first.mimetype)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert stock_of(product.sku_id) == (5, 2)


def test_another_key_is_another_order(client: FlaskClient, buyer: Buyer, member: dict[str, str]) -> None:
    body = order_of(buyer, {make_product(stock=5).sku_id: 2})
    first = client.post(ORDERS, json=body, headers=member).get_json()
    second = client.post(ORDERS, json=body, headers=member | {"Idempotency-Key": "intent-number-2"}).get_json()
    assert first["no"] != second["no"]


def test_the_same_key_for_another_order_is_refused(client: FlaskClient, buyer: Buyer, member: dict[str, str]) -> None:
    product = make_product(stock=5)
    client.post(ORDERS, json=order_of(buyer, {product.sku_id: 1}), headers=member)
    with nothing_changes():
        answer = client.post(ORDERS, json=order_of(buyer, {product.sku_id: 2}), headers=member)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "kit.idempotency_key_reused")


def test_the_same_key_of_another_buyer_is_theirs(
    client: FlaskClient, buyer: Buyer, member: dict[str, str], member_of: Callable[[Buyer], dict[str, str]]
) -> None:
    product, other = make_product(stock=5), make_buyer()
    first = client.post(ORDERS, json=order_of(buyer, {product.sku_id: 1}), headers=member)
    second = client.post(ORDERS, json=order_of(other, {product.sku_id: 1}), headers=member_of(other))
    assert (first.status_code, second.status_code) == (201, 201)
    assert row_of(second.get_json()["no"]).buyer_id == other.id


def test_after_a_refusal_the_same_request_can_succeed(
    client: FlaskClient, buyer: Buyer, member: dict[str, str]
) -> None:
    product = make_product(price_fen=1990)
    body = order_of(buyer, {product.sku_id: 1})
    rewrite(product, price_fen=2090)
    assert client.post(ORDERS, json=body, headers=member).status_code == 409
    rewrite(product, price_fen=1990)
    assert client.post(ORDERS, json=body, headers=member).status_code == 201

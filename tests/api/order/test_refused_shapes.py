"""What cannot be an order is refused in our one shape of errors, before anything happens."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories.catalog import make_product
from tests.factories.order import Buyer
from tests.support.order_requests import ORDERS, order_of
from tests.support.unchanged import nothing_changes

ITEM = {"sku_id": "1", "quantity": 1}


def assert_refused(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    """Our shape; returns `errors`."""
    error = answer.get_json()
    assert (answer.status_code, error["code"]) == (status, code)
    assert set(error) == {"code", "message", "errors", "request_id"}
    assert error["request_id"] == answer.headers["X-Request-ID"]
    errors: dict[str, Any] = error["errors"]
    return errors


@pytest.mark.parametrize("quantity", [1.0, 1.5, "2", True, None, 0, -1, 1000, 2**70, [1]])
def test_a_quantity_is_a_whole_number_from_1_to_999(
    client: FlaskClient, buyer: Buyer, member: dict[str, str], quantity: Any
) -> None:
    sku_id = make_product().sku_id
    items = [{"sku_id": str(sku_id), "quantity": 1}, {"sku_id": str(sku_id), "quantity": quantity}]
    with nothing_changes():
        placed = client.post(ORDERS, json=order_of(buyer, {sku_id: 1}, items=items), headers=member)
        quoted = client.post(f"{ORDERS}/quote", json={"items": items}, headers=member)
    for answer in (placed, quoted):
        errors = assert_refused(answer, 422, "kit.invalid")
        assert set(errors) == {"items"}
        assert set(errors["items"]["1"]) == {"quantity"}


@pytest.mark.parametrize("sku_id", [1, 1.0, True, None, "", "0", "-1", " 1", "x", "１２", str(2**63), "9" * 20])
def test_an_id_is_a_string_of_digits(client: FlaskClient, buyer: Buyer, member: dict[str, str], sku_id: Any) -> None:
    product = make_product()
    items = [{"sku_id": sku_id, "quantity": 1}]
    with nothing_changes():
        answer = client.post(ORDERS, json=order_of(buyer, {product.sku_id: 1}, items=items), headers=member)
    assert set(assert_refused(answer, 422, "kit.invalid")["items"]["0"]) == {"sku_id"}


@pytest.mark.parametrize(
    "over",
    [
        {"items": []},
        {"items": [ITEM] * 51},
        {"items": None},
        {"items": ITEM},
        {"items": ["1"]},
        {"items": [ITEM | {"price_fen": 1}]},
        {"address_id": 1},
        {"address_id": str(2**63)},
        {"address_id": None},
        {"confirmed_payable_fen": 17.9},
        {"confirmed_payable_fen": 1800.0},
        {"confirmed_payable_fen": "1800"},
        {"confirmed_payable_fen": True},
        {"confirmed_payable_fen": -1},
        {"confirmed_payable_fen": 10**10 + 1},
        {"remark": "x" * 201},
        {"remark": "a\x00b"},
        {"remark": "\x1b[31m"},
        {"remark": "\ud800"},
        {"remark": None},
        {"remark": 1},
        {"buyer_id": "1"},
        {"status": "paid"},
        {"payable_fen": 1},
    ],
)
def test_a_body_of_another_shape_is_refused(
    client: FlaskClient, buyer: Buyer, member: dict[str, str], over: dict[str, Any]
) -> None:
    body = json.dumps(order_of(buyer, {make_product().sku_id: 1}) | over)
    with nothing_changes():
        answer = client.post(ORDERS, data=body, headers=member | {"Content-Type": "application/json"})
    assert set(assert_refused(answer, 422, "kit.invalid")) == set(over)


@pytest.mark.parametrize("missing", ["items", "address_id", "confirmed_payable_fen"])
def test_what_an_order_needs_must_be_there(
    client: FlaskClient, buyer: Buyer, member: dict[str, str], missing: str
) -> None:
    body = order_of(buyer, {make_product().sku_id: 1})
    del body[missing]
    with nothing_changes():
        answer = client.post(ORDERS, json=body, headers=member)
    assert set(assert_refused(answer, 422, "kit.invalid")) == {missing}


def test_fifty_lines_are_an_order(client: FlaskClient, buyer: Buyer, member: dict[str, str]) -> None:
    product = make_product(skus=50)
    answer = client.post(ORDERS, json=order_of(buyer, dict.fromkeys(product.sku_ids, 1)), headers=member)
    assert answer.status_code == 201


@pytest.mark.parametrize(
    "key", [None, "", "short", "with space!", "苹果苹果苹果苹果".encode().decode("latin-1"), "x" * 65]
)
def test_an_order_needs_a_key(client: FlaskClient, buyer: Buyer, member: dict[str, str], key: str | None) -> None:
    del member["Idempotency-Key"]
    headers = member if key is None else member | {"Idempotency-Key": key}
    body = order_of(buyer, {make_product().sku_id: 1})
    with nothing_changes():
        answer = client.post(ORDERS, json=body, headers=headers)
    assert set(assert_refused(answer, 422, "kit.idempotency_key_missing")) == {"Idempotency-Key"}


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"items": [1,]}', b"'items'", b"[" * 100_000])
def test_what_is_no_json_is_malformed(client: FlaskClient, member: dict[str, str], body: bytes) -> None:
    with nothing_changes():
        answer = client.post(ORDERS, data=body, headers=member | {"Content-Type": "application/json"})
    assert_refused(answer, 400, "kit.malformed")


@pytest.mark.parametrize("body", [b"[]", b"null", b"1", b'"order"', b"", b'{"items": NaN}'])
def test_json_that_is_no_order_is_refused(client: FlaskClient, member: dict[str, str], body: bytes) -> None:
    with nothing_changes():
        answer = client.post(ORDERS, data=body, headers=member | {"Content-Type": "application/json"})
    assert_refused(answer, 422, "kit.invalid")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_that_does_not_say_it_is_json_is_refused(
    client: FlaskClient, buyer: Buyer, member: dict[str, str], kind: str
) -> None:
    product = make_product()
    body = order_of(buyer, {product.sku_id: 1})
    with nothing_changes():
        answer = client.post(ORDERS, data=json.dumps(body), headers=member | {"Content-Type": kind})
    assert_refused(answer, 415, "kit.unsupported_media_type")


def test_a_body_of_more_than_a_megabyte_is_too_large(client: FlaskClient, member: dict[str, str]) -> None:
    with nothing_changes():
        answer = client.post(ORDERS, json={"remark": "x" * 1_100_000}, headers=member)
    assert_refused(answer, 413, "kit.too_large")


@pytest.mark.parametrize(
    "query", ["x=1", "limit=0", "limit=101", "limit=1.5", "limit=x", "cursor=W10", "cursor=x", "status=gone", "status="]
)
def test_a_query_the_list_does_not_know_is_refused(client: FlaskClient, member: dict[str, str], query: str) -> None:
    answer = client.get(f"{ORDERS}?{query}", headers=member)
    assert answer.status_code == 422
    assert set(answer.get_json()["errors"]) == {query.partition("=")[0]}


def test_the_message_is_in_the_clients_language(client: FlaskClient, member: dict[str, str]) -> None:
    path = f"{ORDERS}/2611201600001234560042"
    for language, message in (("en", "There is no such order"), ("zh-CN,zh;q=0.9", "订单不存在"), ("fr", "订单不存在")):
        answer = client.get(path, headers=member | {"Accept-Language": language})
        assert answer.get_json()["message"] == message

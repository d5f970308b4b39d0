"""The staff's routes of inventory: who may, what comes back, and that refused requests change nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.catalog.domain.spec import MAX_SKUS
from backend.inventory import facade as inventory
from backend.inventory.domain.paper import Line
from kit.domain.identity import new_id
from kit.repository.page import encode_cursor
from tests.factories.catalog import make_product
from tests.factories.inventory import ledger, level, new_sku, receive, reserve
from tests.factories.statements import counted_statements
from tests.factories.stockroom import inbound
from tests.factories.user import make_customer, member_headers, staff_headers
from tests.support.unchanged import nothing_changes

STOCK, MOVEMENTS, RECEIPTS = "/admin/v1/stock", "/admin/v1/stock/movements", "/admin/v1/stock/receipts"
AT = datetime(2026, 11, 20, 4, tzinfo=UTC)
DOORS = [
    ("GET", STOCK, "inventory:read"),
    ("GET", MOVEMENTS, "inventory:read"),
    ("GET", f"{MOVEMENTS}/kinds", "inventory:read"),
    ("POST", RECEIPTS, "inventory:receive"),
]


@pytest.fixture
def staff(app: Flask) -> dict[str, str]:
    """Headers of somebody who may do everything in inventory, with a key for one intent."""
    headers = staff_headers(app, permissions={"inventory:read", "inventory:receive"})
    return headers | {"Idempotency-Key": "delivery-1"}


def note(*lines: tuple[int, int], **over: Any) -> dict[str, Any]:
    """A delivery note of SKU and units."""
    written = [{"sku_id": str(sku_id), "quantity": quantity} for sku_id, quantity in lines]
    return {"reference": "DN-20261120-01", "lines": written} | over


@pytest.mark.parametrize(("method", "path", "permission"), DOORS)
def test_doors(app: Flask, client: FlaskClient, method: str, path: str, permission: str) -> None:
    others = {"inventory:read", "inventory:receive", "order:read"} - {permission}
    assert client.open(path, method=method).status_code == 401
    assert client.open(path, method=method, headers=member_headers(app, make_customer())).status_code == 401
    refused = client.open(path, method=method, headers=staff_headers(app, permissions=others))
    assert (refused.status_code, refused.get_json()["code"]) == (403, "auth.permission_missing")
    admitted = client.open(path, method=method, headers=staff_headers(app, permissions={permission}))
    assert admitted.status_code in (200, 422)


def test_the_list_shows_levels_newest_sku_first(client: FlaskClient, staff: dict[str, str]) -> None:
    oldest, newest = new_sku(units=5), new_sku()
    reserve({oldest: 2})
    page = client.get(STOCK, headers=staff).get_json()
    assert [item["sku_id"] for item in page["items"]] == [str(newest), str(oldest)]
    assert page["next_cursor"] is None
    shown = page["items"][1]
    assert (shown["on_hand"], shown["reserved"], shown["available"]) == (5, 2, 3)
    assert (shown["expired"], shown["minimum"], shown["maximum"], shown["shelf"]) == (0, None, None, "")
    assert (shown["location_id"], shown["low"], shown["over"], shown["tracked"]) == ("1", False, False, False)
    assert set(shown) == {"sku_code", "title", "updated_at", "sku_id", "on_hand", "reserved", "available"} | {
        *("location_id", "expired", "minimum", "maximum", "low", "over", "shelf", "tracked", "product_id", "version")
    }


def test_the_list_finds_exactly_one_code(client: FlaskClient, staff: dict[str, str]) -> None:
    make_product(code="APPLE", stock=3)
    make_product(code="PEAR")
    code = client.get(STOCK, headers=staff).get_json()["items"][1]["sku_code"]
    found = client.get(STOCK, query_string={"sku_code": code}, headers=staff).get_json()["items"]
    assert [(item["sku_code"], item["on_hand"]) for item in found] == [(code, 3)]
    for near in (code.lower(), code[:-1], f"{code}%"):
        assert client.get(STOCK, query_string={"sku_code": near}, headers=staff).get_json()["items"] == []


def test_the_list_pages_by_cursor(client: FlaskClient, staff: dict[str, str]) -> None:
    made = [str(new_sku()) for _ in range(5)]
    seen, cursor = [], None
    for size in (2, 2, 1):
        page = client.get(STOCK, query_string={"limit": 2} | ({"cursor": cursor} if cursor else {}), headers=staff)
        assert len(page.get_json()["items"]) == size
        seen += [item["sku_id"] for item in page.get_json()["items"]]
        cursor = page.get_json()["next_cursor"]
    assert (seen, cursor) == (made[::-1], None)


def test_movements_of_a_sku_come_newest_first(client: FlaskClient, staff: dict[str, str]) -> None:
    sku_id, other = new_sku(units=5), new_sku(units=1)
    reserve({sku_id: 2, other: 1}, reference="order:1")
    items = client.get(MOVEMENTS, query_string={"sku_id": sku_id}, headers=staff).get_json()["items"]
    assert [(item["kind"], item["on_hand_delta"], item["reserved_delta"]) for item in items] == [
        ("reserve", 0, 2),
        ("receive", 5, 0),
    ]
    assert {item["sku_id"] for item in items} == {str(sku_id)}
    assert (items[0]["reserved_before"], items[0]["reserved_after"], items[0]["operator"]) == (0, 2, "member:42")


def test_movements_and_batches_are_found_by_the_code_on_the_label(client: FlaskClient, staff: dict[str, str]) -> None:
    made, other = make_product(stock=3), make_product(stock=1)
    inbound(Line(made.sku_id, 2), at=AT)
    code = client.get(f"{STOCK}/skus/{made.sku_id}", headers=staff).get_json()["items"][0]["sku_code"]
    found = client.get(MOVEMENTS, query_string={"sku_code": code}, headers=staff).get_json()["items"]
    assert [(item["sku_code"], item["on_hand_delta"]) for item in found] == [(code, 2), (code, 3)]
    assert client.get(MOVEMENTS, query_string={"sku_code": code.lower()}, headers=staff).get_json()["items"] == []
    both = {"sku_code": code, "sku_id": other.sku_id}
    assert client.get(MOVEMENTS, query_string=both, headers=staff).get_json()["items"] == []
    assert client.get(f"{STOCK}/batches", query_string={"sku_code": code}, headers=staff).get_json()["items"] == []


def test_movements_of_a_period_page_by_cursor_the_latest_first(client: FlaskClient, staff: dict[str, str]) -> None:
    sku_id = new_sku()
    # Booked later, happened earlier: within a period the time counts.
    for minutes in (3, 1, 4, 1, 5, 9):
        inbound(Line(sku_id, 1), at=AT + timedelta(minutes=minutes))
    query: dict[str, Any] = {
        "since": (AT + timedelta(minutes=1)).isoformat(),
        "until": (AT + timedelta(minutes=9)).isoformat(),
        "limit": 2,
    }
    seen: list[str] = []
    cursor: str | None = None
    for size in (2, 2, 1):
        page = client.get(
            MOVEMENTS, query_string=query | ({"cursor": cursor} if cursor else {}), headers=staff
        ).get_json()
        assert len(page["items"]) == size
        seen += [item["created_at"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert [datetime.fromisoformat(moment) - AT for moment in seen] == [
        timedelta(minutes=minutes) for minutes in (5, 4, 3, 1, 1)
    ]
    assert cursor is None
    beyond = encode_cursor([2**62, 1])
    assert client.get(MOVEMENTS, query_string=query | {"cursor": beyond}, headers=staff).status_code == 422


def test_stock_and_movements_of_a_product_are_those_of_its_skus(client: FlaskClient, staff: dict[str, str]) -> None:
    product_id, other_id = new_id(), new_id()
    first, second = (new_sku(units=5, product_id=product_id) for _ in range(2))
    other = new_sku(units=1, product_id=other_id)
    reserve({first: 2, other: 1}, reference="order:1")
    query = {"product_id": product_id}
    levels = client.get(STOCK, query_string=query, headers=staff).get_json()["items"]
    assert [(item["sku_id"], item["product_id"]) for item in levels] == [
        (str(second), str(product_id)),
        (str(first), str(product_id)),
    ]
    items = client.get(MOVEMENTS, query_string=query, headers=staff).get_json()["items"]
    moved = [(item["sku_id"], item["kind"]) for item in items]
    assert moved == [(str(first), "reserve"), (str(second), "receive"), (str(first), "receive")]
    of_both = client.get(MOVEMENTS, query_string=query | {"sku_id": [first, other]}, headers=staff).get_json()
    assert {item["sku_id"] for item in of_both["items"]} == {str(first)}
    unknown = client.get(MOVEMENTS, query_string={"product_id": new_id()}, headers=staff).get_json()
    assert unknown == {"items": [], "next_cursor": None}


def test_movements_of_the_largest_product_page_by_cursor(client: FlaskClient, staff: dict[str, str]) -> None:
    product_id = new_id()
    skus = [new_sku(product_id=product_id) for _ in range(MAX_SKUS)]
    receive(dict.fromkeys(skus, 1), reference="first:all")
    query: dict[str, Any] = {"product_id": product_id, "limit": 100}
    first = client.get(MOVEMENTS, query_string=query, headers=staff).get_json()
    second = client.get(MOVEMENTS, query_string=query | {"cursor": first["next_cursor"]}, headers=staff).get_json()
    assert [item["sku_id"] for item in first["items"] + second["items"]] == [str(sku_id) for sku_id in skus[::-1]]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(("language", "name"), [("zh", "入库"), ("en", "Goods in")])
def test_action_types_have_names(client: FlaskClient, staff: dict[str, str], language: str, name: str) -> None:
    new_sku(units=1)
    headers = staff | {"Accept-Language": language}
    kinds = client.get(f"{MOVEMENTS}/kinds", headers=headers).get_json()["items"]
    assert kinds[0] == {"kind": "receive", "name": name}
    (row,) = client.get(MOVEMENTS, headers=headers).get_json()["items"]
    assert {"kind": row["kind"], "name": row["kind_name"]} == kinds[0]
    for kind in kinds:
        assert client.get(MOVEMENTS, query_string={"kind": kind["kind"]}, headers=headers).status_code == 200


def test_movements_of_a_reference_page_by_cursor(client: FlaskClient, staff: dict[str, str]) -> None:
    skus = [new_sku(units=9) for _ in range(5)]
    reserve(dict.fromkeys(skus, 1), reference="order:1")
    reserve(dict.fromkeys(skus, 1), reference="order:2")
    query: dict[str, Any] = {"reference": "order:1", "limit": 3}
    first = client.get(MOVEMENTS, query_string=query, headers=staff).get_json()
    second = client.get(MOVEMENTS, query_string=query | {"cursor": first["next_cursor"]}, headers=staff).get_json()
    items = first["items"] + second["items"]
    assert [item["sku_id"] for item in items] == [str(sku_id) for sku_id in sorted(skus, reverse=True)]
    assert {item["reference"] for item in items} == {"order:1"}
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    "query", ["sku=1", "limit=0", "limit=101", "limit=x", "cursor=x", "sku_code=", "sku_code=a%0Ab"]
)
def test_a_query_the_list_does_not_know_is_refused(client: FlaskClient, staff: dict[str, str], query: str) -> None:
    assert client.get(f"{STOCK}?{query}", headers=staff).status_code == 422


@pytest.mark.parametrize("query", ["id=1", "sku_id=x", "sku_id=0", f"sku_id={2**63}", "reference="])
def test_a_query_the_movements_do_not_know_is_refused(client: FlaskClient, staff: dict[str, str], query: str) -> None:
    assert client.get(f"{MOVEMENTS}?{query}", headers=staff).status_code == 422


@pytest.mark.parametrize("query", [f"{STOCK}?sku_code=", f"{MOVEMENTS}?reference="])
def test_a_filter_the_database_could_not_compare_is_refused(
    client: FlaskClient, staff: dict[str, str], query: str
) -> None:
    answer = client.get(query + quote("苹果"), headers=staff)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "kit.invalid")


def test_a_receipt_is_booked_in_the_name_of_whoever_sent_it(
    app: Flask, client: FlaskClient, staff: dict[str, str]
) -> None:
    first, second = new_sku(units=1), new_sku()
    answer = client.post(RECEIPTS, json=note((first, 5), (second, 7), reason="每周到货"), headers=staff)
    assert (answer.status_code, answer.data) == (204, b"")
    assert (level(first), level(second)) == ((6, 0), (7, 0))
    row = ledger(first)[-1]
    assert (row.kind, row.reference, row.reason) == ("receive", "receipt:DN-20261120-01", "每周到货")
    assert row.operator.startswith("staff:")


def test_the_same_request_again_is_answered_and_not_booked_again(client: FlaskClient, staff: dict[str, str]) -> None:
    sku_id = new_sku()
    body = note((sku_id, 5))
    assert client.post(RECEIPTS, json=body, headers=staff).status_code == 204
    with nothing_changes():
        again = client.post(RECEIPTS, json=body, headers=staff)
    assert (again.status_code, again.data, again.headers["Idempotency-Replayed"]) == (204, b"", "true")
    assert level(sku_id) == (5, 0)


def test_the_same_key_for_another_note_is_refused(client: FlaskClient, staff: dict[str, str]) -> None:
    sku_id = new_sku()
    client.post(RECEIPTS, json=note((sku_id, 5)), headers=staff)
    with nothing_changes():
        answer = client.post(RECEIPTS, json=note((sku_id, 6)), headers=staff)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "kit.idempotency_key_reused")


def test_the_same_note_under_another_key_is_refused(client: FlaskClient, staff: dict[str, str]) -> None:
    sku_id = new_sku()
    client.post(RECEIPTS, json=note((sku_id, 5)), headers=staff)
    with nothing_changes():
        answer = client.post(RECEIPTS, json=note((sku_id, 5)), headers=staff | {"Idempotency-Key": "delivery-2"})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "inventory.movement_repeated")


def test_an_unknown_sku_refuses_the_whole_note_and_the_key_can_be_used_again(
    client: FlaskClient, staff: dict[str, str]
) -> None:
    known, unknown = new_sku(), new_id()
    with nothing_changes():
        answer = client.post(RECEIPTS, json=note((known, 5), (unknown, 5)), headers=staff)
    assert (answer.status_code, answer.get_json()["code"]) == (404, "inventory.unknown_sku")
    assert answer.get_json()["errors"] == {str(unknown): ["没有该商品的库存记录"]}
    assert client.post(RECEIPTS, json=note((known, 5)), headers=staff).status_code == 204


def test_a_note_that_would_overfill_a_stock_row_is_refused(client: FlaskClient, staff: dict[str, str]) -> None:
    sku_id = new_sku()
    receive({sku_id: 999_999_999}, reference="receipt:big")
    with nothing_changes():
        answer = client.post(RECEIPTS, json=note((sku_id, 2)), headers=staff)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "inventory.quantity_too_large")


LINE = {"sku_id": "1", "quantity": 1}


@pytest.mark.parametrize(
    "over",
    [
        {"operator": "staff:1"},
        {"reference": None},
        {"reference": ""},
        {"reference": "x" * 49},
        {"reference": "送货单"},
        {"reason": "two\nlines"},
        {"reason": "x" * 201},
        {"lines": []},
        {"lines": [LINE] * 201},
        {"lines": [LINE | {"on_hand": 5}]},
        {"lines": [LINE | {"sku_id": 1}]},
        {"lines": [LINE | {"sku_id": str(2**63)}]},
        {"lines": [LINE | {"quantity": 0}]},
        {"lines": [LINE | {"quantity": -1}]},
        {"lines": [LINE | {"quantity": 1.0}]},
        {"lines": [LINE | {"quantity": "1"}]},
        {"lines": [LINE | {"quantity": True}]},
        {"lines": [LINE | {"quantity": 1_000_001}]},
    ],
)
def test_a_note_of_another_shape_is_refused(client: FlaskClient, staff: dict[str, str], over: dict[str, Any]) -> None:
    with nothing_changes():
        answer = client.post(RECEIPTS, json=note((1, 1)) | over, headers=staff)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "kit.invalid")
    assert set(answer.get_json()["errors"]) == set(over)


@pytest.mark.parametrize("key", [None, "", "short", "with space!", "x" * 65])
def test_a_receipt_needs_a_key(client: FlaskClient, staff: dict[str, str], key: str | None) -> None:
    headers = {name: value for name, value in staff.items() if name != "Idempotency-Key"}
    with nothing_changes():
        answer = client.post(
            RECEIPTS, json=note((1, 1)), headers=headers | ({} if key is None else {"Idempotency-Key": key})
        )
    assert (answer.status_code, answer.get_json()["code"]) == (422, "kit.idempotency_key_missing")


@pytest.mark.parametrize("count", [1, 5, 20])
def test_a_list_takes_one_statement_and_who_asks_another(
    client: FlaskClient, staff: dict[str, str], count: int
) -> None:
    for _ in range(count):
        new_sku(units=1)
    for path in (STOCK, MOVEMENTS):
        with counted_statements() as statements:
            assert len(client.get(path, headers=staff).get_json()["items"]) == count
        assert len([text for text in statements if "FROM inv_" in text]) == 1
        assert len(statements) <= 3


def test_what_is_received_can_be_sold(client: FlaskClient, staff: dict[str, str]) -> None:
    product = make_product(stock=0)
    client.post(RECEIPTS, json=note((product.sku_id, 4)), headers=staff)
    assert inventory.available(sku_ids=[product.sku_id]) == {product.sku_id: 4}

"""What staff see of money that arrived and money that went back."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.payment.wiring import services
from kit.domain.clock import utc_now
from tests.factories.order import arrive, channel, make_buyer, paid_order, place, prepay
from tests.factories.statements import counted_statements
from tests.factories.user import make_customer, member_headers, staff_headers
from tests.support.outbox import settle

RECEIPTS, REFUNDS = "/admin/v1/payments/receipts", "/admin/v1/payments/refunds"


@pytest.fixture
def staff(app: Flask) -> dict[str, str]:
    """Headers of somebody who may look at money."""
    return staff_headers(app, permissions={"payment:read"})


def unwanted(transaction_id: str, amount_fen: int = 100) -> None:
    """Money for a number nobody gave out: recorded, and on its way back."""
    arrive(f"never-{transaction_id}", amount_fen, transaction_id=transaction_id)
    settle()


@pytest.mark.parametrize("path", [RECEIPTS, REFUNDS])
def test_doors(app: Flask, client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 401
    assert client.get(path, headers=member_headers(app, make_customer())).status_code == 401
    refused = client.get(path, headers=staff_headers(app, permissions={"order:read", "inventory:read"}))
    assert (refused.status_code, refused.get_json()["code"]) == (403, "auth.permission_missing")
    assert client.get(path, headers=staff_headers(app, permissions={"payment:read"})).status_code == 200


@pytest.mark.parametrize("path", [RECEIPTS, REFUNDS])
def test_nobody_writes_money_by_hand(client: FlaskClient, staff: dict[str, str], path: str) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert client.open(path, method=method, json={}, headers=staff).status_code == 405


def test_a_receipt_that_fits(client: FlaskClient, staff: dict[str, str]) -> None:
    order = paid_order(make_buyer())
    (shown,) = client.get(RECEIPTS, headers=staff).get_json()["items"]
    assert shown["transaction_id"] == f"4200{order.no}-1"
    assert (shown["out_trade_no"], shown["subject"]) == (f"{order.no}-1", f"order:{order.no}")
    assert (shown["amount_fen"], shown["refunded_fen"]) == (order.payable_fen, 0)
    assert (shown["verdict"], shown["source"]) == ("fits", "notice")
    assert client.get(REFUNDS, headers=staff).get_json() == {"items": [], "next_cursor": None}


def test_unwanted_money_is_shown_with_its_refund(client: FlaskClient, staff: dict[str, str]) -> None:
    unwanted("42", 799)
    (receipt,) = client.get(RECEIPTS, headers=staff).get_json()["items"]
    assert (receipt["verdict"], receipt["subject"]) == ("unknown_number", None)
    assert (receipt["amount_fen"], receipt["refunded_fen"]) == (799, 799)
    (refund,) = client.get(REFUNDS, headers=staff).get_json()["items"]
    assert (refund["reference"], refund["transaction_id"]) == ("unwanted:42", "42")
    assert (refund["amount_fen"], refund["reason"], refund["state"]) == (799, "unknown_number", "requested")
    assert refund["out_refund_no"] == f"R{refund['id']}-1"
    assert (refund["last_answer"], refund["finished_at"]) == (None, None)


def test_receipts_of_one_verdict_or_one_order(client: FlaskClient, staff: dict[str, str]) -> None:
    buyer = make_buyer()
    first, second = paid_order(buyer), paid_order(buyer)
    unwanted("42")

    def found(**query: Any) -> list[str]:
        items = client.get(RECEIPTS, query_string=query, headers=staff).get_json()["items"]
        return [item["transaction_id"] for item in items]

    one, two = f"4200{first.no}-1", f"4200{second.no}-1"
    assert found() == ["42", two, one]
    assert found(verdict="fits") == [two, one]
    assert found(verdict="unknown_number") == ["42"]
    assert found(subject=f"order:{first.no}") == [one]
    assert found(subject=f"order:{first.no}", verdict="wrong_amount") == []


def test_a_second_payment_stands_beside_the_first(client: FlaskClient, staff: dict[str, str]) -> None:
    buyer = make_buyer()
    order = place(buyer)
    number = prepay(buyer, order)
    for transaction_id in ("first", "second"):
        arrive(number, order.payable_fen, transaction_id=transaction_id)
    items = client.get(RECEIPTS, query_string={"subject": f"order:{order.no}"}, headers=staff).get_json()["items"]
    assert [(item["transaction_id"], item["verdict"]) for item in items] == [
        ("second", "second_payment"),
        ("first", "fits"),
    ]


def test_refunds_of_one_state(client: FlaskClient, staff: dict[str, str]) -> None:
    unwanted("41")
    services().refunding.check_due(now=utc_now())
    unwanted("42")

    def found(**query: Any) -> list[str]:
        items = client.get(REFUNDS, query_string=query, headers=staff).get_json()["items"]
        return [item["transaction_id"] for item in items]

    assert channel().calls == ["submit_refund"]
    assert found() == ["42", "41"]
    assert found(state="processing") == ["41"]
    assert found(state="requested") == ["42"]
    assert found(state="success") == []


@pytest.mark.parametrize("path", [RECEIPTS, REFUNDS])
def test_both_lists_page_by_cursor(client: FlaskClient, staff: dict[str, str], path: str) -> None:
    for number in range(5):
        unwanted(str(number))
    first = client.get(path, query_string={"limit": 3}, headers=staff).get_json()
    second = client.get(path, query_string={"cursor": first["next_cursor"]}, headers=staff).get_json()
    items = first["items"] + second["items"]
    assert [item["transaction_id"] for item in items] == ["4", "3", "2", "1", "0"]
    assert (len(first["items"]), second["next_cursor"]) == (3, None)


@pytest.mark.parametrize(
    "query",
    [
        f"{RECEIPTS}?verdict=fine",
        f"{RECEIPTS}?state=success",
        f"{RECEIPTS}?subject=",
        f"{RECEIPTS}?limit=0",
        f"{REFUNDS}?state=lost",
        f"{REFUNDS}?verdict=fits",
        f"{REFUNDS}?cursor=x",
    ],
)
def test_a_query_the_lists_do_not_know_is_refused(client: FlaskClient, staff: dict[str, str], query: str) -> None:
    assert client.get(query, headers=staff).status_code == 422


def test_a_subject_the_database_could_not_compare_is_refused(client: FlaskClient, staff: dict[str, str]) -> None:
    answer = client.get(f"{RECEIPTS}?subject={quote('苹果')}", headers=staff)
    assert (answer.status_code, set(answer.get_json()["errors"])) == (422, {"subject"})


@pytest.mark.parametrize("count", [1, 5, 20])
def test_a_list_takes_one_statement_and_who_asks_another(
    client: FlaskClient, staff: dict[str, str], count: int
) -> None:
    for number in range(count):
        unwanted(str(number))
    for path in (RECEIPTS, REFUNDS):
        with counted_statements() as statements:
            assert len(client.get(path, headers=staff).get_json()["items"]) == count
        assert len(statements) == 2

"""What staff see of messages to buyers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.notification.domain.delivery import Kind
from backend.notification.domain.port import NotSubscribed
from kit.domain.clock import utc_now
from tests.factories.notification import Desk, book, open_desk, the_delivery
from tests.factories.order import make_buyer, paid_order
from tests.factories.statements import counted_statements
from tests.factories.user import make_customer, member_headers, staff_headers
from tests.support.outbox import settle

PATH = "/admin/v1/notifications/deliveries"


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    with open_desk(app) as desk:
        yield desk


@pytest.fixture
def staff(app: Flask) -> dict[str, str]:
    """Headers of somebody who may look at deliveries."""
    return staff_headers(app, permissions={"notification:read"})


def shown(client: FlaskClient, staff: dict[str, str], **query: Any) -> list[dict[str, Any]]:
    return list(client.get(PATH, query_string=query, headers=staff).get_json()["items"])


def test_doors(app: Flask, client: FlaskClient) -> None:
    assert client.get(PATH).status_code == 401
    assert client.get(PATH, headers=member_headers(app, make_customer())).status_code == 401
    refused = client.get(PATH, headers=staff_headers(app, permissions={"order:read", "payment:read"}))
    assert (refused.status_code, refused.get_json()["code"]) == (403, "auth.permission_missing")
    assert client.get(PATH, headers=staff_headers(app, permissions={"notification:read"})).status_code == 200


def test_nobody_writes_deliveries_by_hand(client: FlaskClient, staff: dict[str, str]) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert client.open(PATH, method=method, json={}, headers=staff).status_code == 405


def test_what_is_shown_of_a_delivery(client: FlaskClient, staff: dict[str, str], desk: Desk) -> None:
    buyer = make_buyer()
    order = paid_order(buyer)
    settle()
    desk.messenger.fail_next(NotSubscribed("43101: not subscribed"))
    desk.services.sending.send_due(now=utc_now())

    (item,) = shown(client, staff)

    assert {name: item[name] for name in ("kind", "order_no", "recipient_id", "channel", "state", "tries")} == {
        "kind": "order_paid",
        "order_no": order.no,
        "recipient_id": str(buyer.id),
        "channel": "wechat",
        "state": "refused",
        "tries": 1,
    }
    assert (item["last_answer"], item["next_try_at"]) == ("43101: not subscribed", None)
    assert item["id"] == str(the_delivery(order.no).id)
    assert item["finished_at"] >= item["created_at"]
    assert set(item) - {"kind", "order_no", "recipient_id", "channel", "state", "tries"} == {
        "id",
        "last_answer",
        "next_try_at",
        "created_at",
        "finished_at",
    }


def test_without_templates_every_delivery_is_skipped(client: FlaskClient, staff: dict[str, str]) -> None:
    paid_order(make_buyer())
    settle()
    assert [(item["state"], item["last_answer"]) for item in shown(client, staff)] == [
        ("skipped", "no template configured")
    ]


def test_deliveries_of_one_order_or_in_one_state(client: FlaskClient, staff: dict[str, str], desk: Desk) -> None:
    book("1")
    book("1", kind=Kind.ORDER_SHIPPED)
    book("2")

    def found(**query: Any) -> list[tuple[str, str]]:
        return [(item["order_no"], item["kind"]) for item in shown(client, staff, **query)]

    assert found() == [("2", "order_paid"), ("1", "order_shipped"), ("1", "order_paid")]
    assert found(order_no="1") == [("1", "order_shipped"), ("1", "order_paid")]
    assert found(state="pending") == found()
    assert found(state="sent") == []
    assert found(order_no="2", state="pending") == [("2", "order_paid")]
    assert found(order_no="3") == []


def test_it_pages_by_cursor(client: FlaskClient, staff: dict[str, str], desk: Desk) -> None:
    for number in range(5):
        book(str(number))
    first = client.get(PATH, query_string={"limit": 3}, headers=staff).get_json()
    second = client.get(PATH, query_string={"limit": 3, "cursor": first["next_cursor"]}, headers=staff).get_json()
    assert [item["order_no"] for item in first["items"] + second["items"]] == ["4", "3", "2", "1", "0"]
    assert (len(first["items"]), second["next_cursor"]) == (3, None)


@pytest.mark.parametrize(
    "query",
    ["state=lost", "state=", "kind=order_paid", "order_no=", f"order_no={quote('苹果')}", "cursor=x", "limit=101"],
)
def test_a_query_it_does_not_know_is_refused(client: FlaskClient, staff: dict[str, str], query: str) -> None:
    assert client.get(f"{PATH}?{query}", headers=staff).status_code == 422


@pytest.mark.parametrize("count", [1, 5, 20])
def test_it_takes_one_statement_and_who_asks_another(
    client: FlaskClient, staff: dict[str, str], desk: Desk, count: int
) -> None:
    for number in range(count):
        book(str(number))
    with counted_statements() as statements:
        assert len(shown(client, staff)) == count
    assert len(statements) == 2

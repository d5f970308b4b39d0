"""The staff's routes of documents, counts, holds, locations and statistics: a day in the stockroom, and who may not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.inventory import facade as inventory
from backend.inventory.permission import InventoryPermission
from kit.domain.clock import utc_now
from kit.domain.identity import new_id
from tests.factories.inventory import deduct, level, new_sku, reserve
from tests.factories.statements import counted_statements
from tests.factories.stock_desk import Desk, S, lines
from tests.factories.stockroom import deviations, in_days, new_location, open_count, tracked_sku
from tests.factories.user import make_customer, member_headers, staff_headers
from tests.support.unchanged import nothing_changes

DOORS = [
    ("GET", f"{S}/skus/7", "read"),
    ("GET", f"{S}/movements/7", "read"),
    ("GET", f"{S}/batches", "read"),
    ("GET", f"{S}/reservations", "read"),
    ("GET", f"{S}/documents", "read"),
    ("GET", f"{S}/documents/7", "read"),
    ("GET", f"{S}/counts", "read"),
    ("GET", f"{S}/counts/7", "read"),
    ("GET", f"{S}/counts/7/lines", "read"),
    ("GET", f"{S}/locations", "read"),
    ("GET", f"{S}/statistics/days", "read"),
    ("GET", f"{S}/statistics/skus", "read"),
    ("GET", f"{S}/statistics/operators", "read"),
    ("GET", f"{S}/statistics/turnover", "read"),
    ("GET", f"{S}/statistics/dead-stock", "read"),
    ("GET", f"{S}/statistics/value", "cost"),
    ("GET", f"{S}/statistics/costs", "cost"),
    ("POST", f"{S}/inbound", "receive"),
    ("POST", f"{S}/outbound", "issue"),
    ("POST", f"{S}/transfers", "transfer"),
    ("POST", f"{S}/adjustments", "adjust"),
    ("POST", f"{S}/write-offs", "write_off"),
    ("POST", f"{S}/write-offs/expired", "write_off"),
    ("POST", f"{S}/returns", "return"),
    ("POST", f"{S}/counts", "count"),
    ("PUT", f"{S}/counts/7/lines", "count"),
    ("DELETE", f"{S}/counts/7", "count"),
    ("POST", f"{S}/counts/7/posting", "post_count"),
    ("POST", f"{S}/holds", "hold"),
    ("DELETE", f"{S}/holds/7", "hold"),
    ("POST", f"{S}/locations", "arrange"),
    ("PUT", f"{S}/locations/7", "arrange"),
    ("DELETE", f"{S}/locations/7", "arrange"),
    ("PUT", f"{S}/skus/7/locations/1", "arrange"),
    ("PUT", f"{S}/skus/7/tracking", "arrange"),
]
MOVES = ("inbound", "outbound", "transfers", "adjustments", "write-offs", "returns", "holds")


@pytest.mark.parametrize(("method", "path", "permission"), DOORS)
def test_doors(app: Flask, client: FlaskClient, method: str, path: str, permission: str) -> None:
    needed = f"inventory:{permission}"
    others = {one.value for one in InventoryPermission} - {needed}
    assert client.open(path, method=method).status_code == 401
    assert client.open(path, method=method, headers=member_headers(app, make_customer())).status_code == 401
    refused = client.open(path, method=method, headers=staff_headers(app, permissions=others))
    assert (refused.status_code, refused.get_json()["code"]) == (403, "auth.permission_missing")
    admitted = client.open(path, method=method, headers=staff_headers(app, permissions={needed}))
    assert admitted.status_code in (200, 404, 422), admitted.data


def test_a_day_in_the_stockroom(desk: Desk) -> None:
    plain, dated = new_sku(), new_sku()
    there = desk.send(
        "POST", "/locations", {"code": "WH2", "name": "二号仓", "sellable": True, "priority": 5}, status=201
    )
    desk.send("PUT", f"/skus/{dated}/tracking", {"tracked": True}, status=204)
    body = lines((plain, 20), unit_cost_fen=350)
    body["lines"].append(
        {
            "sku_id": str(dated),
            "quantity": 9,
            "batch_no": "B1",
            "expires_on": in_days(5).isoformat(),
            "unit_cost_fen": 7,
        }
    )
    inbound = desk.send("POST", "/inbound", body, status=201)
    assert [line["quantity"] for line in inbound["lines"]] == [20, 9]
    assert "cost_fen" not in str(inbound)
    desk.send(
        "PUT", f"/skus/{plain}/locations/1", {"minimum": 15, "maximum": 50, "shelf": "A-1", "version": 0}, status=204
    )
    transfer = desk.send("POST", "/transfers", lines((plain, 4)) | {"to_location_id": there["id"]}, status=201)
    assert (transfer["kind"], transfer["to_location_id"]) == ("transfer", there["id"])
    desk.send("POST", "/outbound", lines((dated, 2)), status=201)
    desk.send("POST", "/adjustments", lines((plain, -1)), status=201)
    desk.send("POST", "/write-offs", lines((dated, 1), batch_no="B1"), status=201)
    held = desk.send(
        "POST", "/holds", lines((plain, 3)) | {"expires_at": (utc_now() + timedelta(hours=3)).isoformat()}, status=201
    )
    count = desk.send("POST", "/counts", {"shelf": "A-1", "reason": "monthly"}, status=201)
    desk.send("PUT", f"/counts/{count['id']}/lines", {"lines": [{"line": 1, "counted": 13}]}, status=204)
    (difference,) = desk.get(f"/counts/{count['id']}/lines", differing="true")["items"]
    assert (difference["book"], difference["counted"], difference["difference"]) == (15, 13, -2)
    posted = desk.send("POST", f"/counts/{count['id']}/posting", {}, status=201)
    assert posted["lines"][0]["quantity"] == -2
    assert desk.get(f"/counts/{count['id']}")["state"] == "posted"

    assert (level(plain), level(dated), deviations()) == ((13, 3), (6, 0), [])
    (low,) = desk.get("", low="true")["items"]
    assert (low["sku_id"], low["available"], low["shelf"]) == (str(plain), 10, "A-1")
    rows = desk.get(f"/skus/{plain}")["items"]
    assert [(row["location_code"], row["on_hand"]) for row in rows] == [("MAIN", 13), ("WH2", 4)]
    (batch,) = desk.get("/batches", expires_until=in_days(7).isoformat())["items"]
    assert (batch["batch_no"], batch["on_hand"], batch["expires_on"]) == ("B1", 6, in_days(5).isoformat())
    (promise,) = desk.get("/reservations", reference=held["reference"])["items"]
    assert (promise["quantity"], promise["state"], promise["reason"]) == (3, "open", "test")
    moved = desk.get("/movements", sku_id=[plain, dated], kind=["count", "adjust"])["items"]
    assert [(row["kind"], row["on_hand_delta"]) for row in moved] == [("count", -2), ("adjust", -1)]
    assert desk.get(f"/movements/{moved[0]['id']}") == moved[0]
    kinds = [row["kind"] for row in desk.get("/documents")["items"]]
    assert kinds == ["count", "write_off", "adjust", "outbound", "transfer", "inbound"]
    assert desk.get(f"/documents/{inbound['id']}") == inbound
    values = {row["code"]: (row["units"], row["value_fen"]) for row in desk.get("/statistics/value")["items"]}
    assert values == {"MAIN": (19, 13 * 350 + 6 * 7), "WH2": (4, 1400)}
    assert desk.get("/statistics/costs")["items"][1]["average_cost_fen"] == 350
    (day,) = desk.get("/statistics/days")["items"]
    assert (day["units_in"], day["units_out"], day["units_adjusted"], day["units_written_off"]) == (29, 2, -3, 1)
    assert desk.get("/statistics/skus")["items"][0]["sku_id"] == str(dated)
    assert len(desk.get("/statistics/operators")["items"]) == 1
    assert desk.get("/statistics/turnover")["left"] == 2
    assert desk.get("/statistics/dead-stock", idle_days=1)["items"] == []
    desk.send("DELETE", f"/holds/{held['id']}", status=204)
    assert level(plain) == (13, 0)


def test_goods_of_an_order_come_back(desk: Desk) -> None:
    sku_id = new_sku(units=5)
    reserve({sku_id: 3}, reference="order:42")
    deduct("order:42")
    body = lines((sku_id, 1)) | {"source": "order:42"}
    body["lines"].append({"sku_id": str(sku_id), "quantity": 1, "damaged": True})
    answer = desk.send("POST", "/returns", body, status=201)
    assert [(line["quantity"], line["location_id"]) for line in answer["lines"]] == [(1, "1"), (1, "2")]
    with nothing_changes():
        refused = desk.send("POST", "/returns", body, status=409)
    assert (refused["code"], refused["errors"]) == (
        "inventory.returned_too_much",
        {str(sku_id): {"wanted": 2, "returnable": 1}},
    )


def test_expired_batches_are_written_off(desk: Desk) -> None:
    sku_id = tracked_sku(("GONE", -1, 3), ("FRESH", 9, 2))
    desk.send("POST", "/write-offs/expired", {"reason": "past its date"}, status=201)
    assert level(sku_id) == (2, 0)
    with nothing_changes():
        assert desk.send("POST", "/write-offs/expired", {"reason": "x"}, status=409)["code"] == (
            "inventory.nothing_expired"
        )


def test_an_order_that_cannot_be_shipped_because_its_goods_expired_says_so(desk: Desk) -> None:
    sku_id = tracked_sku(("FRESH", 9, 2))
    reserve({sku_id: 2}, reference="order:42")
    inventory.expire_batches(now=utc_now() + timedelta(days=20))
    (row,) = desk.get(f"/skus/{sku_id}")["items"]
    assert (row["on_hand"], row["expired"], row["available"]) == (2, 2, -2)


@pytest.mark.parametrize("move", MOVES)
def test_the_same_request_again_is_not_booked_again(desk: Desk, move: str) -> None:
    sku_id = new_sku(units=9)
    reserve({sku_id: 2}, reference="order:42")
    deduct("order:42")
    extra: dict[str, Any] = {
        "transfers": {"to_location_id": "2"},
        "returns": {"source": "order:42"},
        "holds": {"expires_at": (utc_now() + timedelta(hours=3)).isoformat()},
    }.get(move, {})
    first = desk.send("POST", f"/{move}", lines((sku_id, 1)) | extra, status=201, key="intent-of-today")
    with nothing_changes():
        assert desk.send("POST", f"/{move}", lines((sku_id, 1)) | extra, status=201, key="intent-of-today") == first
        desk.send("POST", f"/{move}", lines((sku_id, 2)) | extra, status=422, key="intent-of-today")


LINE = {"sku_id": "1", "quantity": 1}
HOSTILE: list[dict[str, Any]] = [
    {"operator": "staff:1"},
    {"reason": ""},
    {"reason": "two\nlines"},
    {"reason": "\ud800"},
    {"reason": "a\x00b"},
    {"reason": "x" * 201},
    {"location_id": 1},
    {"location_id": str(2**63)},
    {"lines": []},
    {"lines": [LINE] * 201},
    {"lines": {"sku_id": "1"}},
    {"lines": [LINE | {"quantity": 0}]},
    {"lines": [LINE | {"quantity": 10**9}]},
    {"lines": [LINE | {"quantity": 1.5}]},
    {"lines": [LINE | {"quantity": "1"}]},
    {"lines": [LINE | {"quantity": True}]},
    {"lines": [LINE | {"sku_id": 1}]},
    {"lines": [LINE | {"batch_no": "批次"}]},
    {"lines": [LINE | {"batch_no": "x" * 41}]},
    {"lines": [LINE | {"value_fen": 5}]},
]


@pytest.mark.parametrize("move", [move for move in MOVES if move != "holds"])
@pytest.mark.parametrize("over", HOSTILE)
def test_a_paper_of_another_shape_is_refused(desk: Desk, move: str, over: dict[str, Any]) -> None:
    extra = {"transfers": {"to_location_id": "2"}, "returns": {"source": "order:42"}}.get(move, {})
    with nothing_changes():
        answer = desk.send("POST", f"/{move}", lines((1, 1)) | extra | over, status=422)
    assert (answer["code"], set(answer["errors"])) == ("kit.invalid", set(over))


def test_a_correction_by_nothing_is_refused_in_one_sentence(desk: Desk) -> None:
    for _ in range(3):
        answer = desk.send("POST", "/adjustments", lines((1, 0)), status=422)
        assert answer["errors"] == {"lines": {"0": {"quantity": ["不能为 0，请填写增减的数量"]}}}


@pytest.mark.parametrize(
    "over",
    [
        {"expires_on": "2026-02-30"},
        {"expires_on": "9999-12-31"},
        {"expires_on": 20261231},
        {"produced_on": "yesterday"},
        {"unit_cost_fen": -1},
        {"unit_cost_fen": 1.0},
        {"unit_cost_fen": 10**11},
    ],
)
def test_dates_and_costs_that_cannot_be_are_refused(desk: Desk, over: dict[str, Any]) -> None:
    with nothing_changes():
        desk.send("POST", "/inbound", lines((1, 1), **over), status=422)


@pytest.mark.parametrize("path", ["/inbound", "/outbound", "/adjustments", "/write-offs"])
def test_unknown_skus_and_locations_are_named(desk: Desk, path: str) -> None:
    known, unknown = new_sku(units=1), new_id()
    with nothing_changes():
        answer = desk.send("POST", path, lines((unknown, 1)), status=404)
        assert (answer["code"], list(answer["errors"])) == ("inventory.unknown_sku", [str(unknown)])
        answer = desk.send("POST", path, lines((known, 1)) | {"location_id": str(unknown)}, status=404)
        assert answer["code"] == "inventory.location_not_found"


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/movements", "since=2026-11-01"),
        ("/movements", "kind=steal"),
        ("/movements", "sku_id=1&" * 101),
        ("/batches", "expires_until=99999-01-01"),
        ("/statistics/days", "first_day=2026-01-01&last_day=2026-12-31"),
        ("/statistics/days", "first_day=2026-02-01&last_day=2026-01-01"),
        ("/statistics/dead-stock", "idle_days=0"),
        ("/documents", "kind=stolen"),
        ("/counts", "cursor=x"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(desk: Desk, path: str, query: str) -> None:
    answer = desk.client.get(f"{S}{path}?{query.rstrip('&')}", headers=desk.headers)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {"lines": [{"line": 1, "counted": 5}, {"line": 1, "counted": 6}]},
        {"lines": [{"line": 0, "counted": 5}]},
        {"lines": [{"line": 1, "counted": -1}]},
        {"lines": [{"line": 1, "counted": 10**10}]},
        {"lines": []},
    ],
)
def test_figures_that_cannot_be_are_refused(desk: Desk, body: dict[str, Any]) -> None:
    count_id = open_count(new_sku(units=5))
    with nothing_changes():
        desk.send("PUT", f"/counts/{count_id}/lines", body, status=422)


def test_a_location_is_changed_and_archived(desk: Desk) -> None:
    location_id = new_location()
    facts = {"name": "x", "sellable": False, "priority": 7}
    changed = desk.send("PUT", f"/locations/{location_id}", facts | {"version": 1}, status=200)
    assert (changed["version"], changed["sellable"]) == (2, False)
    with nothing_changes():
        stale = desk.send("PUT", f"/locations/{location_id}", facts | {"version": 1}, status=409)
        assert stale["errors"] == {"version": {"sent": 1, "current": 2}}
        assert desk.send("DELETE", "/locations/1?version=1", status=409)["code"] == "inventory.built_in_location"
        assert (
            desk.send("DELETE", f"/locations/{new_id()}?version=1", status=404)["code"]
            == "inventory.location_not_found"
        )
    desk.send("DELETE", f"/locations/{location_id}?version=2", status=204)
    assert desk.get("/locations")["items"][-1]["archived_at"] is not None


@pytest.mark.parametrize("count", [1, 5, 20])
def test_lists_take_one_statement_whatever_they_show(desk: Desk, count: int) -> None:
    skus = [new_sku(units=3) for _ in range(count)]
    for number, sku_id in enumerate(skus):
        desk.send("POST", "/outbound", lines((sku_id, 1)), status=201)
        reserve({sku_id: 1}, reference=f"order:{number}")
    sheet = open_count(*skus)
    document = desk.send("POST", "/inbound", lines(*((sku_id, 1) for sku_id in skus)), status=201)
    for path, expected in (
        ("", 1),
        ("/batches", 1),
        ("/reservations", 1),
        ("/movements", 1),
        ("/documents", 1),
        (f"/documents/{document['id']}", 2),
        ("/counts", 1),
        (f"/counts/{sheet}/lines", 2),
        ("/locations", 1),
        (f"/skus/{skus[0]}", 1),
        ("/statistics/skus", 1),
        ("/statistics/operators", 1),
    ):
        with counted_statements() as statements:
            desk.get(path)
        assert len([text for text in statements if "FROM inv_" in text]) == expected, path

"""Papers with numbers of their own, and what posting a count and a transfer are refused for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backend.inventory.wiring import services
from kit.domain.clock import utc_now
from tests.factories.inventory import deduct, new_sku, reserve
from tests.factories.stock_desk import Desk, lines
from tests.factories.stockroom import new_location, open_count, tracked_sku
from tests.support.unchanged import nothing_changes


@pytest.mark.parametrize(("begin", "end", "code"), [(True, False, "batch_not_tracked"), (False, True, "batch_needed")])
def test_a_sheet_whose_goods_were_tracked_otherwise_meanwhile_says_so(
    desk: Desk, begin: bool, end: bool, code: str
) -> None:
    sku_id = tracked_sku(("A", 9, 3)) if begin else new_sku(units=3)
    sheet = open_count(sku_id)
    desk.send("PUT", f"/counts/{sheet}/lines", {"lines": [{"line": 1, "counted": 2}]}, status=204)
    desk.send("PUT", f"/skus/{sku_id}/tracking", {"tracked": end}, status=204)
    refused = desk.send("POST", f"/counts/{sheet}/posting", {}, status=422)
    assert refused["code"] == f"inventory.{code}"
    desk.send("DELETE", f"/counts/{sheet}", status=204)


@pytest.mark.parametrize(("again", "difference"), [("figure-of-noon", -1), ("figure-of-one", 1)])
def test_a_figure_that_the_network_repeats_is_held_against_no_newer_books(
    desk: Desk, again: str, difference: int
) -> None:
    """With a key of its own it is another counting, after the sale."""
    sku_id = new_sku(units=10)
    sheet = open_count(sku_id)
    figures = {"lines": [{"line": 1, "counted": 9}]}
    desk.send("PUT", f"/counts/{sheet}/lines", figures, status=204, key="figure-of-noon")
    reserve({sku_id: 2})
    deduct()
    desk.send("PUT", f"/counts/{sheet}/lines", figures, status=204, key=again)
    (line,) = desk.get(f"/counts/{sheet}/lines")["items"]
    assert line["difference"] == difference


def test_found_goods_may_be_worth_too_much(desk: Desk) -> None:
    sku_id = new_sku()
    desk.send("POST", "/inbound", lines((sku_id, 1_000_000), unit_cost_fen=1_000_000_000), status=201)
    sheet = open_count(sku_id)
    desk.send("PUT", f"/counts/{sheet}/lines", {"lines": [{"line": 1, "counted": 1_000_001}]}, status=204)
    assert desk.send("POST", f"/counts/{sheet}/posting", {}, status=422)["code"] == "inventory.value_too_large"


def test_expired_goods_that_are_promised_are_not_transferred(desk: Desk) -> None:
    sku_id, there = tracked_sku(("SOON", 1, 3)), new_location()
    reserve({sku_id: 3})
    services().shelf_life.sweep(now=utc_now() + timedelta(days=3))
    body = lines((sku_id, 1), batch_no="SOON") | {"to_location_id": str(there)}
    assert desk.send("POST", "/transfers", body, status=409)["code"] == "inventory.goods_promised"


@pytest.mark.parametrize("move", ["inbound", "outbound", "transfers", "adjustments", "write-offs", "returns"])
def test_a_paper_with_a_number_of_its_own_is_booked_once(desk: Desk, move: str) -> None:
    sku_id = new_sku(units=9)
    reserve({sku_id: 2})
    deduct()
    body: dict[str, Any] = lines((sku_id, 1)) | {"reference": "DN-7"}
    body |= {"to_location_id": "2"} if move == "transfers" else {}
    body |= {"source": "order:1"} if move == "returns" else {}
    made = desk.send("POST", f"/{move}", body, status=201)
    assert made["reference"] == "paper:DN-7"
    assert [row["id"] for row in desk.get("/documents", reference="paper:DN-7")["items"]] == [made["id"]]
    assert {row["sku_id"] for row in desk.get("/movements", reference="paper:DN-7")["items"]} == {str(sku_id)}
    with nothing_changes():
        assert desk.send("POST", f"/{move}", body, status=409)["code"] == "inventory.movement_repeated"
    with nothing_changes():
        other = lines((sku_id, 2)) | {"reference": "DN-7"}
        assert desk.send("POST", "/inbound", other, status=409)["code"] == "inventory.movement_repeated"
    for number in ("order:1", "", "x" * 49, "a b", "七"):
        desk.send("POST", f"/{move}", body | {"reference": number}, status=422)

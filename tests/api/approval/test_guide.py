"""docs/guides/approval.md, step by step."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from backend.catalog.permission import CatalogPermission
from tests.factories.approval_desk import Desk
from tests.factories.catalog import make_product
from tests.factories.user import make_staff, staff_headers


def test_the_guide(app: Flask, client: FlaskClient) -> None:
    desk = Desk(app, client, *CatalogPermission)
    owner = staff_headers(app, make_staff("all"))
    known = client.get("/admin/v1/approval/actions", headers=owner).get_json()["items"]
    offered = {one["action"]: {fact["name"] for fact in one["facts"]} for one in known}
    # What migration 0005 suggests has its executors and its facts.
    assert offered["catalog.product.price"] >= {"price_change_percent"}
    assert offered["inventory.adjust"] >= {"quantity"}
    assert {"catalog.product.delete", "catalog.category.delete"} <= offered.keys()

    rule: dict[str, Any] = {
        "name": "改价超过 10%",
        "action": "catalog.product.price",
        "condition": {"fact": "price_change_percent", "operator": "gt", "threshold": 10},
        "role_ids": [str(desk.approver_role)],
        "expiry_hours": 72,
        "enabled": False,
    }
    made = client.post("/admin/v1/approval/rules", json=rule, headers=owner)
    assert made.status_code == 201, made.data
    change = rule | {"version": 1, "enabled": True}
    answer = client.put(f"/admin/v1/approval/rules/{made.get_json()['id']}", json=change, headers=owner)
    assert answer.status_code == 200, answer.data

    product = make_product(price_fen=1290)
    body = {
        "products": [{"id": str(product.product_id), "version": 2}],
        "rule": {"kind": "percent", "value": -2000},
        "reason": "双十一",
    }
    asked = desk.ask("POST", "/products/bulk/price", body)
    mine = client.get("/admin/v1/approval/requests?scope=submitted", headers=desk.headers[desk.manager]).get_json()
    assert [(one["id"], one["state"]) for one in mine["items"]] == [(asked, "pending")]
    assert desk.lines(asked)[0][1:] == ("12.90", "10.32 (-20.00%)")
    desk.approve(asked)
    (change,) = desk.send(desk.manager, "GET", f"/products/{product.product_id}/price-changes").get_json()["items"]
    assert (change["new_price_fen"], f"approval:{asked}" in change["reason"]) == (1032, True)

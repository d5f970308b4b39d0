"""Who may open which door of the stockroom, and who may not."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories.user import make_customer, member_headers, staff_headers

S = "/admin/v1/stock"
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

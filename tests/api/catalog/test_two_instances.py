"""What one process changes, another shows within a second, although it serves ready bytes."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.catalog.wiring import services
from backend.inventory import facade as inventory
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.service.transaction import in_transaction
from tests.factories.catalog import OPERATOR, make_product
from tests.factories.catalog_changes import rewrite, take_off_sale
from tests.support.client import IsolatedClient
from tests.support.databases import Database
from tests.support.outbox import settle
from tests.support.testapp import make_app, test_settings

pytestmark = pytest.mark.commits
SECOND = 1.0


@pytest.fixture
def elsewhere(app: Flask, database: Database) -> Iterator[FlaskClient]:
    """A second instance on the same database and the same Redis, with a memory of its own."""
    other = make_app(test_settings(database_url=database.url))
    other.extensions["qiyuan_redis"] = app.extensions["qiyuan_redis"]
    other.test_client_class = IsolatedClient
    yield other.test_client()
    with other.app_context():
        db.engine.dispose()


def within_a_second(client: FlaskClient, path: str, expected: object, *keys: str | int) -> bool:
    """Whether the answer's value at `keys` becomes `expected`; asks all the time, as customers do."""
    until = time.monotonic() + SECOND
    while time.monotonic() < until:
        answer = client.get(path)
        value = answer.get_json() if keys else answer.status_code
        for key in keys:
            value = value[key]
        if value == expected:
            return True
        time.sleep(0.02)
    return False


def test_price_stock_and_shelf_are_seen_by_the_other_instance(elsewhere: FlaskClient) -> None:
    made = make_product(price_fen=1000, stock=6)
    detail, cheapest = f"/api/v1/products/{made.product_id}", "/api/v1/products?order=price_asc"
    assert elsewhere.get(detail).get_json()["min_price_fen"] == 1000
    assert len(elsewhere.get(cheapest).get_json()["items"]) == 1
    rewrite(made, price_fen=700)
    assert within_a_second(elsewhere, detail, 700, "min_price_fen")
    assert within_a_second(elsewhere, cheapest, 700, "items", 0, "min_price_fen")
    reserve(made.sku_id, 2)
    settle()
    assert within_a_second(elsewhere, detail, 4, "skus", 0, "low_count")
    reserve(made.sku_id, 4)
    settle()
    assert within_a_second(elsewhere, detail, "sold_out", "skus", 0, "stock")
    take_off_sale(made)
    assert within_a_second(elsewhere, detail, 404)
    assert within_a_second(elsewhere, cheapest, [], "items")


def test_control_bytes_that_nobody_forgot_stay(elsewhere: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_product(price_fen=1000)
    detail = f"/api/v1/products/{made.product_id}"
    elsewhere.get(detail)
    monkeypatch.setattr(type(services().storefront.cache), "forget", lambda _self: None)
    rewrite(made, price_fen=700)
    assert not within_a_second(elsewhere, detail, 700, "min_price_fen")


def reserve(sku_id: int, units: int) -> None:
    order = {"quantities": {sku_id: units}, "reference": f"order:{units}", "operator": OPERATOR, "now": utc_now()}
    in_transaction(lambda: inventory.reserve(**order))

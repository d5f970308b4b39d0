"""One Idempotency-Key, eight requests at once: one order."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from backend.order.domain.order import Order
from backend.order.wiring import services as order_services
from kit.api import idempotency
from kit.db.extension import db
from tests.factories.catalog import make_product
from tests.factories.order import make_buyer
from tests.factories.user import member_headers
from tests.support.fresh import fresh_session
from tests.support.threads import at_once

pytestmark = pytest.mark.mysql_only
REQUESTS = 8


def race(app: Flask) -> list[Any]:
    buyer, product = make_buyer(), make_product(price_fen=5000, stock=100)
    payable = order_services().quoting.quote({product.sku_id: 1}).payable_fen
    body = {
        "items": [{"sku_id": str(product.sku_id), "quantity": 1}],
        "address_id": str(buyer.address_id),
        "confirmed_payable_fen": payable,
    }
    headers = member_headers(app, buyer.id) | {"Idempotency-Key": "one-and-the-same"}
    fresh_session()

    def send() -> tuple[int, bytes]:
        # Outside the thread's own context: the request brings its own.
        answer = app.test_client().post("/api/v1/orders", json=body, headers=headers)
        return answer.status_code, answer.data

    results = at_once(app, [send] * REQUESTS)
    fresh_session()
    return results


def orders() -> int:
    return int(db.session.scalar(select(func.count()).select_from(Order)) or 0)


def test_one_order_is_placed_and_every_answer_is_that_order_or_in_flight(app: Flask) -> None:
    results = race(app)
    assert orders() == 1
    assert {status for status, _ in results} <= {201, 409}
    placed = [body for status, body in results if status == 201]
    assert len(placed) >= 1
    assert len(set(placed)) == 1


def test_control_without_the_claim_every_request_places_an_order(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "_claim", lambda scope, token: None)
    monkeypatch.setattr(idempotency, "_complete", lambda scope, token, answer: answer)
    race(app)
    assert orders() > 1

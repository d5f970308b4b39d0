"""The projection of what is in stock follows inventory, whatever order events come in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from backend.catalog.domain.sku import Sku
from backend.catalog.wiring import services
from backend.inventory import facade as inventory
from backend.inventory.events import AvailabilityChanged
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.event.bus import Bus, Delivery
from kit.event.outbox import OutboxMessage
from kit.service.transaction import in_transaction
from tests.factories.catalog import make_product

CONSUMER = "catalog.track_availability"


def deliver(app: Flask, event_id: int, payload: dict[str, Any]) -> bool:
    bus: Bus = app.extensions["qiyuan_bus"]
    delivery = Delivery(consumer=CONSUMER, event_id=event_id, name=AvailabilityChanged.name, payload=payload)
    return bus.deliver(delivery, now=utc_now())


def in_stock(sku_id: int) -> bool:
    db.session.rollback()
    return bool(db.session.scalars(select(Sku.in_stock).where(Sku.id == sku_id)).one())


def reserve(sku_id: int, quantity: int, *, now: datetime | None = None) -> None:
    work = {
        "quantities": {sku_id: quantity},
        "reference": "order:1",
        "operator": "system:test",
        "now": now or utc_now(),
    }
    in_transaction(lambda: inventory.reserve(**work))


def test_sold_out_and_back_again(app: Flask) -> None:
    sku_id = make_product(stock=2).sku_id
    assert in_stock(sku_id)
    reserve(sku_id, 2)
    fact = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.name == AvailabilityChanged.name).order_by(OutboxMessage.id.desc())
    ).first()
    assert fact is not None
    assert deliver(app, fact.event_id, fact.payload)
    assert not in_stock(sku_id)
    in_transaction(lambda: inventory.release(reference="order:1", reason="t", operator="system:test", now=utc_now()))
    assert deliver(app, 2, {"sku_ids": [sku_id]})
    assert in_stock(sku_id)


def test_an_old_fact_that_arrives_late_is_not_believed(app: Flask) -> None:
    sku_id = make_product(stock=2).sku_id
    deliver(app, 7, {"sku_ids": [sku_id]})
    assert in_stock(sku_id)


def test_a_repeated_delivery_does_nothing(app: Flask) -> None:
    sku_id = make_product(stock=2).sku_id
    assert deliver(app, 7, {"sku_ids": [sku_id]}) is True
    assert deliver(app, 7, {"sku_ids": [sku_id]}) is False


def test_a_sku_that_is_not_ours_is_ignored(app: Flask) -> None:
    assert deliver(app, 7, {"sku_ids": [42]}) is True


@pytest.mark.usefixtures("app")
def test_the_window_shows_the_change_at_once() -> None:
    made = make_product(stock=1)
    assert b'"in_stock":true' in services().storefront.product(made.product_id).body
    reserve(made.sku_id, 1)
    services().availability.refresh([made.sku_id])
    db.session.rollback()
    assert b'"in_stock":true' not in services().storefront.product(made.product_id).body

"""What was paid for is counted, once, and orders the shop's list."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from backend.catalog.domain.listing import ListOrder
from backend.catalog.domain.product import Product
from backend.catalog.service.shopping.browsing import Browsing, Wish
from backend.order.events import OrderPaid
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.event.bus import Bus, Delivery
from kit.event.outbox import OutboxMessage
from kit.repository.page import PageRequest
from tests.factories.catalog import make_product
from tests.factories.order import make_buyer, paid_order, place
from tests.support.fresh import fresh_session
from tests.support.outbox import settle


def sales(product_id: int) -> int:
    fresh_session()
    return int(db.session.scalars(select(Product.sales).where(Product.id == product_id)).one())


@pytest.mark.usefixtures("app")
def test_paid_units_are_counted_and_unpaid_ones_are_not() -> None:
    sold, only_ordered = make_product(price_fen=5000, stock=9), make_product(price_fen=5000, stock=9)
    paid_order(make_buyer(), sold, quantity=3)
    place(make_buyer(), only_ordered, quantity=2)
    settle()
    assert (sales(sold.product_id), sales(only_ordered.product_id)) == (3, 0)
    page = Browsing().page(select(Product.id), Wish(order=ListOrder.SALES), PageRequest())
    assert [row.id for row in page.items] == [sold.product_id, only_ordered.product_id]


def test_the_same_fact_twice_counts_once(app: Flask) -> None:
    product = make_product(price_fen=5000, stock=9)
    paid_order(make_buyer(), product, quantity=2)
    fact = db.session.scalars(select(OutboxMessage).where(OutboxMessage.name == OrderPaid.name)).one()
    bus: Bus = app.extensions["qiyuan_bus"]
    again = Delivery(consumer="order.count_sales", event_id=fact.event_id, name=fact.name, payload=fact.payload)
    assert bus.deliver(again, now=utc_now()) is False
    assert sales(product.product_id) == 2
    # Control: it is the inbox that knows it, nothing else.
    assert bus.deliver(replace(again, event_id=7), now=utc_now()) is True
    assert sales(product.product_id) == 4

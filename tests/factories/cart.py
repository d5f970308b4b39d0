"""Carts, filled through the real service and read from the table."""

from __future__ import annotations

from sqlalchemy import select

from backend.cart.domain.line import CartLine
from backend.cart.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from tests.support.fresh import fresh_session


def put_in(customer_id: int, sku_id: int, quantity: int = 1) -> None:
    """The customer adds a SKU."""
    services().editing.add(customer_id=customer_id, sku_id=sku_id, quantity=quantity, now=utc_now())


def cart_of(customer_id: int) -> dict[int, int]:
    """SKU → quantity."""
    fresh_session()
    query = select(CartLine.sku_id, CartLine.quantity).where(CartLine.customer_id == customer_id)
    return {row.sku_id: row.quantity for row in db.session.execute(query)}

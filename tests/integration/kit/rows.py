"""Rows for the mechanisms of kit to work on, and threads that work on them at once."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import Flask
from sqlalchemy import func, select, update

from backend.inventory.domain.stock import DEFAULT_LOCATION, Stock, StockItem
from backend.order.domain.order import Order, Recipient
from backend.order.domain.pricing import PricedLine, Quote
from kit.db.extension import db
from kit.domain.entity import Entity
from kit.event.outbox import OutboxMessage
from kit.service.transaction import in_transaction

T = TypeVar("T")

AT = datetime(2026, 11, 20, 8, 30, 0, 123_000, tzinfo=UTC)
_numbers = itertools.count(1)


def placed_order(*, buyer_id: int = 42) -> Order:
    """A new order of 899 fen that nobody has stored yet; it has recorded OrderPlaced."""
    line = PricedLine(
        sku_id=1,
        product_id=1,
        sku_code="A-1",
        title="苹果",
        spec_text="500g",
        image_url="",
        unit="袋",
        price_fen=899,
        quantity=1,
    )
    recipient = Recipient(
        receiver="王小明", phone="13812345678", province="浙江省", city="杭州市", district="西湖区", detail="1 号"
    )
    return Order.place(
        no=f"26112016300000000{next(_numbers):05}",
        buyer_id=buyer_id,
        quote=Quote((line,), goods_fen=899, freight_fen=0),
        recipient=recipient,
        remark="",
        due_at=AT,
        at=AT,
    )


def stored_order() -> int:
    """An order whose events are gone from the outbox; its id."""

    def store() -> int:
        order = placed_order()
        db.session.add(order)
        db.session.flush()
        db.session.execute(OutboxMessage.__table__.delete())
        return order.id

    return in_transaction(store)


def stocked(*sku_ids: int, on_hand: int = 0) -> None:
    """Stock rows with `on_hand` units each."""

    def store() -> None:
        for sku_id in sku_ids:
            item = StockItem(sku_id=sku_id, sku_code=f"S-{sku_id}", title="苹果")
            level = Stock(sku_id=sku_id, location_id=DEFAULT_LOCATION, on_hand=on_hand, reserved=0, updated_at=AT)
            db.session.add_all([item, level])

    in_transaction(store)


def add_one(sku_id: int) -> None:
    """One more unit on hand; call inside a use case."""
    more = update(Stock).where(Stock.sku_id == sku_id).values(on_hand=Stock.on_hand + 1)
    db.session.execute(more, execution_options={"synchronize_session": False})


def on_hand(sku_id: int) -> int:
    """What the database says, outside any use case."""
    db.session.rollback()
    return db.session.scalars(select(Stock.on_hand).where(Stock.sku_id == sku_id)).one()


def count(entity: type[Entity]) -> int:
    """Rows of a table, outside any use case."""
    db.session.rollback()
    return db.session.scalars(select(func.count()).select_from(entity)).one()


def outbox() -> Sequence[OutboxMessage]:
    """The outbox as it is in the database, in order."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()


def at_once(app: Flask, *works: Callable[[], T]) -> list[T | BaseException]:
    """Run every work in a thread and session of its own; what it returned or raised."""

    def run(work: Callable[[], T]) -> T | BaseException:
        with app.app_context():
            try:
                return work()
            except Exception as error:
                return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def noop(*_: Any, **__: Any) -> None:
    """Stands where a guard is taken away."""

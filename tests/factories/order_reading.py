"""What happens to orders, through the real services, and what the database says of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from backend.inventory.domain.stock import Stock
from backend.order.domain.line import OrderHistory, OrderLine
from backend.order.domain.order import Order
from backend.order.domain.status import OrderStatus
from backend.order.service.placement import Wanted
from backend.order.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from tests.factories.catalog import ProductFixture
from tests.factories.order import Buyer, paid_order, place, prepay
from tests.support.fresh import fresh_session


def order_in(status: OrderStatus, buyer: Buyer, product: ProductFixture | None = None, *, quantity: int = 1) -> str:
    """The number of an order that stands at `status`."""
    if status in (OrderStatus.PENDING_PAYMENT, OrderStatus.CLOSED, OrderStatus.CLOSING):
        order = place(buyer, product, quantity=quantity)
        if status is OrderStatus.CLOSING:
            prepay(buyer, order)
        if status is not OrderStatus.PENDING_PAYMENT:
            cancel(buyer.id, order.no)
        return order.no
    no = paid_order(buyer, product, quantity=quantity).no
    if status is not OrderStatus.PAID:
        ship(no)
    if status is OrderStatus.COMPLETED:
        confirm(buyer.id, no)
    return no


def order(buyer: Buyer, quantities: dict[int, int], *, now: datetime | None = None, **over: Any) -> Order:
    """The buyer confirms what was quoted; `over` are fields of `Wanted`."""
    payable_fen = over.pop("confirmed_payable_fen", None)
    if payable_fen is None:
        payable_fen = services().quoting.quote(quantities).payable_fen
    wanted = {"address_id": buyer.address_id, "confirmed_payable_fen": payable_fen, "remark": ""} | over
    return services().placement.place(
        buyer_id=buyer.id, wanted=Wanted(quantities=quantities, **wanted), now=now or utc_now()
    )


def allow_many_unpaid(monkeypatch: pytest.MonkeyPatch) -> None:
    """For long lists: a buyer may leave any number of orders unpaid."""
    monkeypatch.setattr(services().placement, "max_unpaid", 1000)


def cancel(buyer_id: int, no: str) -> OrderStatus:
    """The buyer changes their mind."""
    return services().cancellation.by_buyer(buyer_id=buyer_id, order_no=no, reason="不想要了", now=utc_now()).status


def ship(no: str) -> OrderStatus:
    """Staff hand the parcel over."""
    parcel = {"express_company": "顺丰速运", "tracking_no": "SF1234567890"}
    return services().fulfilment.ship(operator="staff:7", order_no=no, now=utc_now(), **parcel).status


def confirm(buyer_id: int, no: str) -> OrderStatus:
    """The buyer has the goods."""
    return services().fulfilment.confirm_receipt(buyer_id=buyer_id, order_no=no, now=utc_now()).status


def row_of(no: str) -> Any:
    """The order's row."""
    fresh_session()
    return db.session.execute(select(*Order.__table__.columns).where(Order.no == no)).one()


def lines_of(no: str) -> list[Any]:
    """Its lines, in order."""
    query = select(*OrderLine.__table__.columns).where(OrderLine.order_id == row_of(no).id)
    return list(db.session.execute(query.order_by(OrderLine.position)))


def history_of(no: str) -> list[tuple[str, str | None, str, str]]:
    """Action, from, to and operator of every step."""
    query = select(OrderHistory).where(OrderHistory.order_id == row_of(no).id).order_by(OrderHistory.id)
    return [
        (step.action.value, step.from_status and step.from_status.value, step.to_status.value, step.operator)
        for step in db.session.scalars(query)
    ]


def stock_of(sku_id: int) -> tuple[int, int]:
    """On hand and reserved."""
    fresh_session()
    row = db.session.execute(select(Stock.on_hand, Stock.reserved).where(Stock.sku_id == sku_id)).one()
    return row.on_hand, row.reserved

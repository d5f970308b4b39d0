"""Paid goods leave, once, and arrive with their buyer."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from backend.inventory.domain.reservation import Reservation, ReservationState
from backend.order.domain.error import ActionNotAllowed, OrderNotFound
from backend.order.domain.status import OrderStatus
from kit.db.extension import db
from kit.service.transaction import in_transaction
from tests.factories.catalog import make_product
from tests.factories.order import make_buyer
from tests.factories.order_reading import confirm, history_of, order_in, row_of, ship, stock_of
from tests.support.outbox import events
from tests.support.unchanged import nothing_changes

pytestmark = pytest.mark.usefixtures("app")


def all_but(allowed: OrderStatus) -> list[OrderStatus]:
    return [status for status in OrderStatus if status is not allowed]


def test_shipping_deducts_what_was_reserved() -> None:
    buyer, product = make_buyer(), make_product(price_fen=5000, stock=5)
    no = order_in(OrderStatus.PAID, buyer, product, quantity=3)
    assert stock_of(product.sku_id) == (5, 3)
    assert ship(no) is OrderStatus.SHIPPED
    assert stock_of(product.sku_id) == (2, 0)
    row = row_of(no)
    assert (row.status.value, row.express_company, row.tracking_no) == ("shipped", "顺丰速运", "SF1234567890")
    assert row.shipped_at is not None
    assert history_of(no)[-1] == ("ship", "paid", "shipped", "staff:7")
    assert events("order.shipped") == [
        {"order_no": no, "buyer_id": buyer.id, "express_company": "顺丰速运", "tracking_no": "SF1234567890"}
    ]


@pytest.mark.parametrize("status", all_but(OrderStatus.PAID))
def test_only_a_paid_order_is_shipped_and_only_once(status: OrderStatus) -> None:
    no = order_in(status, make_buyer())
    with nothing_changes(), pytest.raises(ActionNotAllowed) as refused:
        ship(no)
    assert refused.value.params == {"status": status.value, "action": "ship"}


def test_an_order_that_never_was_is_not_shipped() -> None:
    with nothing_changes(), pytest.raises(OrderNotFound):
        ship("2611201600001234560042")


def test_goods_that_no_reservation_stands_for_do_not_leave() -> None:
    no = order_in(OrderStatus.PAID, make_buyer())
    lost = update(Reservation).values(state=ReservationState.RELEASED)
    in_transaction(lambda: db.session.execute(lost))
    with nothing_changes(), pytest.raises(AssertionError, match="holds no stock"):
        ship(no)


def test_the_buyer_confirms_the_receipt() -> None:
    buyer = make_buyer()
    no = order_in(OrderStatus.SHIPPED, buyer)
    assert confirm(buyer.id, no) is OrderStatus.COMPLETED
    assert row_of(no).completed_at is not None
    assert history_of(no)[-1] == ("confirm_receipt", "shipped", "completed", f"member:{buyer.id}")
    assert events("order.completed") == [{"order_no": no, "buyer_id": buyer.id}]


@pytest.mark.parametrize("status", all_but(OrderStatus.SHIPPED))
def test_only_a_shipped_order_is_confirmed_and_only_once(status: OrderStatus) -> None:
    buyer = make_buyer()
    no = order_in(status, buyer)
    with nothing_changes(), pytest.raises(ActionNotAllowed):
        confirm(buyer.id, no)


def test_nobody_but_the_owner_confirms() -> None:
    no, stranger = order_in(OrderStatus.SHIPPED, make_buyer()), make_buyer()
    with nothing_changes(), pytest.raises(OrderNotFound):
        confirm(stranger.id, no)

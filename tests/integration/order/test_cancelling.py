"""Who may take an order back, and until when. What WeChat has to do with it stands in the tests of payment."""

from __future__ import annotations

import pytest

from backend.order.domain.error import ActionNotAllowed, OrderNotFound
from backend.order.domain.status import OrderStatus
from backend.order.wiring import services
from kit.domain.clock import utc_now
from tests.factories.catalog import make_product
from tests.factories.order import make_buyer, place
from tests.factories.order_reading import cancel, history_of, order_in, row_of, stock_of
from tests.support.outbox import events
from tests.support.unchanged import nothing_changes

pytestmark = pytest.mark.usefixtures("app")


def cancel_as_staff(no: str) -> OrderStatus:
    return services().cancellation.by_staff(operator="staff:7", order_no=no, reason="缺货", now=utc_now()).status


def test_an_order_that_nobody_began_to_pay_closes_at_once() -> None:
    buyer, product = make_buyer(), make_product(stock=5)
    no = place(buyer, product, quantity=3).no
    assert cancel(buyer.id, no) is OrderStatus.CLOSED
    row = row_of(no)
    assert (row.status.value, row.close_reason, row.due_at) == ("closed", "不想要了", None)
    assert row.closed_at is not None
    assert stock_of(product.sku_id) == (5, 0)
    assert history_of(no)[-1] == ("cancel", "pending_payment", "closed", f"member:{buyer.id}")
    assert events("order.closed") == [{"order_no": no, "buyer_id": buyer.id, "reason": "不想要了"}]


def test_staff_cancel_in_their_own_name() -> None:
    no = place(make_buyer()).no
    assert cancel_as_staff(no) is OrderStatus.CLOSED
    assert history_of(no)[-1] == ("cancel", "pending_payment", "closed", "staff:7")


def test_somebody_elses_order_does_not_exist() -> None:
    no, stranger = place(make_buyer()).no, make_buyer()
    with nothing_changes(), pytest.raises(OrderNotFound):
        cancel(stranger.id, no)


@pytest.mark.parametrize("no", ["2611201600001234560042", "苹果", "26 ", ""])
def test_an_order_that_never_was_does_not_exist(no: str) -> None:
    with nothing_changes(), pytest.raises(OrderNotFound):
        cancel_as_staff(no)


@pytest.mark.parametrize("status", [status for status in OrderStatus if status is not OrderStatus.PENDING_PAYMENT])
def test_only_an_order_that_awaits_payment_is_cancelled(status: OrderStatus) -> None:
    buyer = make_buyer()
    no = order_in(status, buyer)
    with nothing_changes(), pytest.raises(ActionNotAllowed) as refused:
        cancel(buyer.id, no)
    assert refused.value.params == {"status": status.value, "action": "cancel"}
    with nothing_changes(), pytest.raises(ActionNotAllowed):
        cancel_as_staff(no)

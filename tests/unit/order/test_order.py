"""The order moves along one table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.order.domain.error import ActionNotAllowed, NothingToPay, PaymentDeadlineOver
from backend.order.domain.order import Order, Recipient
from backend.order.domain.pricing import FlatFreight, PricedLine, Quote, quote
from backend.order.domain.status import OrderAction, OrderStatus, allows
from backend.order.events import OrderClosed, OrderCompleted, OrderPaid, OrderPlaced, OrderShipped
from kit.domain import identity

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
DUE = NOW + timedelta(minutes=15)
RECIPIENT = Recipient(
    receiver="林小满", phone="13800138000", province="浙江省", city="杭州市", district="西湖区", detail="1"
)


@pytest.fixture(autouse=True)
def _node() -> None:
    identity.use_node(1)


def line(price_fen: int = 1990, quantity: int = 2) -> PricedLine:
    return PricedLine(
        sku_id=11,
        product_id=1,
        sku_code="P1-1",
        title="苹果",
        spec_text="规格:500g",
        image_url="",
        unit="盒",
        price_fen=price_fen,
        quantity=quantity,
    )


def order(amounts: Quote | None = None) -> Order:
    amounts = amounts or quote([line()], FlatFreight(800, 9900))
    return Order.place(
        no="2611201600001234560042", buyer_id=42, quote=amounts, recipient=RECIPIENT, remark="", due_at=DUE, at=NOW
    )


def in_status(status: OrderStatus) -> Order:
    made = order()
    if status in (OrderStatus.CLOSING, OrderStatus.CLOSED):
        made.request_cancel(by="member:42", reason="x", must_wait=status is OrderStatus.CLOSING, at=NOW)
    if status in (OrderStatus.PAID, OrderStatus.SHIPPED, OrderStatus.COMPLETED):
        made.accept_payment(transaction_id="42", paid_at=NOW, at=NOW)
    if status in (OrderStatus.SHIPPED, OrderStatus.COMPLETED):
        made.ship(by="staff:1", express_company="顺丰", tracking_no="SF1", at=NOW)
    if status is OrderStatus.COMPLETED:
        made.confirm_receipt(by="member:42", at=NOW)
    made.take_recorded()
    return made


VERBS = {
    OrderAction.PAY: lambda o: o.accept_payment(transaction_id="42", paid_at=NOW, at=NOW),
    OrderAction.CANCEL: lambda o: o.request_cancel(by="x", reason="x", must_wait=False, at=NOW),
    OrderAction.EXPIRE: lambda o: o.expire(must_wait=False, at=DUE),
    OrderAction.CLOSE: lambda o: o.close(at=NOW),
    OrderAction.SHIP: lambda o: o.ship(by="x", express_company="x", tracking_no="x", at=NOW),
    OrderAction.CONFIRM_RECEIPT: lambda o: o.confirm_receipt(by="x", at=NOW),
}


def test_a_new_order_awaits_payment_with_its_amounts_added_up() -> None:
    made = order()
    assert made.status is OrderStatus.PENDING_PAYMENT
    assert (made.goods_fen, made.freight_fen, made.payable_fen, made.item_count) == (3980, 800, 4780, 2)
    assert [recorded.event for recorded in made.take_recorded()] == [
        OrderPlaced(order_no=made.no, buyer_id=42, payable_fen=4780)
    ]


@pytest.mark.parametrize("status", list(OrderStatus))
@pytest.mark.parametrize("action", list(VERBS))
def test_every_verb_works_exactly_where_the_table_says(status: OrderStatus, action: OrderAction) -> None:
    made = in_status(status)
    if allows(status, action):
        VERBS[action](made)
        assert made.status is not status
    else:
        with pytest.raises(ActionNotAllowed):
            VERBS[action](made)
        assert made.status is status
        assert made.take_recorded() == []


def test_final_states_allow_nothing() -> None:
    for status in (OrderStatus.CLOSED, OrderStatus.COMPLETED):
        assert not any(allows(status, action) for action in OrderAction)


def test_it_can_be_paid_until_the_deadline_and_not_after() -> None:
    made = order()
    assert made.can_pay(at=DUE - timedelta(milliseconds=1))
    assert not made.can_pay(at=DUE)
    with pytest.raises(PaymentDeadlineOver):
        made.check_payable(at=DUE)


def test_an_order_of_nothing_cannot_be_paid_with_wechat() -> None:
    free = order(quote([line(price_fen=0)], FlatFreight(0, 0)))
    with pytest.raises(NothingToPay):
        free.check_payable(at=NOW)


def test_money_is_accepted_while_closing_because_the_buyer_was_faster() -> None:
    made = in_status(OrderStatus.CLOSING)
    assert made.can_accept_payment(made.payable_fen)
    made.accept_payment(transaction_id="42", paid_at=NOW, at=NOW)
    assert made.status is OrderStatus.PAID


@pytest.mark.parametrize("difference", [-1, 1])
def test_money_of_another_amount_is_not_accepted(difference: int) -> None:
    made = order()
    assert not made.can_accept_payment(made.payable_fen + difference)


def test_a_payable_order_being_closed_cannot_be_prepaid() -> None:
    with pytest.raises(ActionNotAllowed):
        in_status(OrderStatus.CLOSING).check_payable(at=NOW)


def test_each_step_reports_its_fact() -> None:
    made = order()
    made.accept_payment(transaction_id="4200", paid_at=NOW, at=NOW)
    made.ship(by="staff:1", express_company="顺丰速运", tracking_no="SF1", at=NOW)
    made.confirm_receipt(by="member:42", at=NOW)
    assert [type(recorded.event) for recorded in made.take_recorded()] == [
        OrderPlaced,
        OrderPaid,
        OrderShipped,
        OrderCompleted,
    ]


def test_an_order_that_must_wait_reports_its_closing_only_when_wechat_confirmed() -> None:
    made = order()
    made.take_recorded()
    made.request_cancel(by="member:42", reason="x", must_wait=True, at=NOW)
    assert made.take_recorded() == []
    made.close(at=NOW)
    assert [recorded.event for recorded in made.take_recorded()] == [
        OrderClosed(order_no=made.no, buyer_id=42, reason="x")
    ]


def test_freight_is_free_from_the_threshold_on() -> None:
    rule = FlatFreight(flat_fen=800, free_from_fen=9900)
    assert [rule.freight_fen(goods_fen=goods) for goods in (0, 9899, 9900)] == [800, 800, 0]

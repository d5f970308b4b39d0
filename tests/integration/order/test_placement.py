"""The buyer orders: amounts, snapshot, stock, cart, history and fact in one transaction, or nothing at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.inventory.domain.error import OutOfStock
from backend.order.domain.error import NotForSale, PriceMoved, TooManyOfOne, TooManyUnpaid
from backend.order.domain.status import OrderStatus
from backend.order.service import placement
from backend.user.facade import AddressNotFound
from kit.domain.clock import utc_now
from kit.domain.identity import new_id
from kit.service.transaction import LostRace
from tests.factories.cart import cart_of, put_in
from tests.factories.catalog import ProductFixture, make_product
from tests.factories.catalog_changes import rewrite, take_off_sale
from tests.factories.order import Buyer, make_buyer
from tests.factories.order_reading import history_of, lines_of, order, order_in, row_of, stock_of
from tests.support.outbox import events
from tests.support.unchanged import nothing_changes

pytestmark = pytest.mark.usefixtures("app")
NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


def test_a_new_order_has_the_amounts_of_its_quote_and_15_minutes_to_be_paid() -> None:
    buyer, dear, cheap = make_buyer(), make_product(price_fen=1990), make_product(price_fen=5)
    placed = order(buyer, {dear.sku_id: 2, cheap.sku_id: 3}, remark="放门口", now=NOW)
    row = row_of(placed.no)
    assert (row.buyer_id, row.status.value, row.item_count) == (buyer.id, "pending_payment", 5)
    assert (row.goods_fen, row.freight_fen, row.payable_fen) == (3995, 800, 4795)
    assert (row.placed_at, row.due_at) == (NOW, NOW + timedelta(minutes=15))
    assert (row.remark, row.paid_at, row.closed_at, row.payment_attempts) == ("放门口", None, None, 0)


def test_the_recipient_is_a_copy_of_the_address() -> None:
    buyer = make_buyer()
    row = row_of(order(buyer, {make_product().sku_id: 1}).no)
    assert (row.receiver, row.phone, row.province) == ("林小满", "13800138000", "浙江省")
    assert (row.city, row.district, row.detail) == ("杭州市", "西湖区", "文三路 90 号")


def test_lines_keep_what_was_true_when_price_and_title_change_later() -> None:
    buyer, product = make_buyer(), make_product(price_fen=1990, title="苹果", unit="盒")
    no = order(buyer, {product.sku_id: 2}).no
    before = lines_of(no)
    rewrite(product, price_fen=2990, title="红富士")
    (line,) = lines_of(no)
    assert [line] == before
    assert (line.title, line.spec_text, line.unit) == ("苹果", "规格:款式1", "盒")
    assert (line.price_fen, line.quantity, line.amount_fen) == (1990, 2, 3980)
    assert row_of(no).payable_fen == 4780


def test_lines_stand_in_the_order_they_were_sent() -> None:
    product = make_product(skus=3)
    first, second, third = product.sku_ids
    no = order(make_buyer(), {third: 1, first: 2, second: 3}).no
    assert [(line.position, line.sku_id, line.quantity) for line in lines_of(no)] == [
        (1, third, 1),
        (2, first, 2),
        (3, second, 3),
    ]


def test_stock_is_reserved_for_the_order() -> None:
    buyer, product = make_buyer(), make_product(stock=5, skus=2)
    first, second = product.sku_ids
    order(buyer, {first: 5, second: 2})
    assert (stock_of(first), stock_of(second)) == ((5, 5), (5, 2))


def test_only_ordered_skus_leave_the_buyers_cart_and_nobody_elses() -> None:
    buyer, other, product = make_buyer(), make_buyer(), make_product(skus=3)
    for customer in (buyer.id, other.id):
        for sku_id in product.sku_ids:
            put_in(customer, sku_id, 2)
    first, second, stays = product.sku_ids
    order(buyer, {first: 1, second: 2})
    assert cart_of(buyer.id) == {stays: 2}
    assert cart_of(other.id) == dict.fromkeys(product.sku_ids, 2)


def test_what_never_lay_in_the_cart_can_be_ordered() -> None:
    buyer, product = make_buyer(), make_product()
    assert row_of(order(buyer, {product.sku_id: 1}).no).item_count == 1


def test_history_and_fact_tell_of_the_order() -> None:
    buyer, product = make_buyer(), make_product(price_fen=9900)
    no = order(buyer, {product.sku_id: 1}).no
    assert history_of(no) == [("place", None, "pending_payment", f"member:{buyer.id}")]
    assert events("order.placed") == [{"order_no": no, "buyer_id": buyer.id, "payable_fen": 9900}]


@pytest.mark.parametrize("seen_fen", [2789, 2791, 0])
def test_another_amount_than_the_buyer_saw_is_refused_with_both(seen_fen: int) -> None:
    buyer, product = make_buyer(), make_product(price_fen=1990)
    put_in(buyer.id, product.sku_id)
    with nothing_changes(), pytest.raises(PriceMoved) as refused:
        order(buyer, {product.sku_id: 1}, confirmed_payable_fen=seen_fen)
    assert refused.value.errors == {"payable_fen": 2790, "confirmed_payable_fen": seen_fen}


def test_a_price_that_moved_after_the_quote_is_refused() -> None:
    buyer, product = make_buyer(), make_product(price_fen=1990)
    rewrite(product, price_fen=1890)
    with nothing_changes(), pytest.raises(PriceMoved) as refused:
        order(buyer, {product.sku_id: 1}, confirmed_payable_fen=2790)
    assert refused.value.errors == {"payable_fen": 2690, "confirmed_payable_fen": 2790}


def test_too_little_stock_of_one_sku_refuses_the_whole_order() -> None:
    buyer, enough, short = make_buyer(), make_product(stock=2), make_product(stock=1)
    put_in(buyer.id, enough.sku_id)
    with nothing_changes(), pytest.raises(OutOfStock) as refused:
        order(buyer, {enough.sku_id: 2, short.sku_id: 2})
    assert refused.value.errors == {str(short.sku_id): {"wanted": 2, "available": 1}}


def test_a_product_that_went_off_sale_is_refused() -> None:
    buyer, product = make_buyer(), make_product()
    take_off_sale(product)
    with nothing_changes(), pytest.raises(NotForSale) as refused:
        order(buyer, {product.sku_id: 1}, confirmed_payable_fen=1800)
    assert refused.value.errors == {str(product.sku_id): ["商品不存在或已下架，请移除"]}


def test_more_than_999_of_one_sku_are_refused_and_named() -> None:
    buyer, product = make_buyer(), make_product(stock=2000, skus=2)
    most, too_many = product.sku_ids
    with nothing_changes(), pytest.raises(TooManyOfOne) as refused:
        order(buyer, {most: 999, too_many: 1000}, confirmed_payable_fen=1_999_000)
    assert refused.value.errors == {str(too_many): ["单个商品最多购买 999 件"]}
    order(buyer, {most: 999})


def test_somebody_elses_address_does_not_exist() -> None:
    buyer, other, product = make_buyer(), make_buyer(), make_product()
    with nothing_changes(), pytest.raises(AddressNotFound):
        order(buyer, {product.sku_id: 1}, address_id=other.address_id)


def test_an_address_that_never_was_does_not_exist() -> None:
    buyer, product = make_buyer(), make_product()
    with nothing_changes(), pytest.raises(AddressNotFound):
        order(buyer, {product.sku_id: 1}, address_id=new_id())


def unpaid_orders(buyer: Buyer, product: ProductFixture, count: int = 10) -> list[str]:
    return [order(buyer, {product.sku_id: 1}).no for _ in range(count)]


def test_an_eleventh_unpaid_order_is_refused_and_another_buyers_first_is_not() -> None:
    buyer, product = make_buyer(), make_product(stock=100)
    unpaid_orders(buyer, product)
    with nothing_changes(), pytest.raises(TooManyUnpaid) as refused:
        order(buyer, {product.sku_id: 1})
    assert refused.value.params == {"maximum": 10}
    order(make_buyer(), {product.sku_id: 1})


def test_an_order_that_still_waits_for_wechat_counts_as_unpaid() -> None:
    buyer, product = make_buyer(), make_product(stock=100)
    unpaid_orders(buyer, product, 9)
    order_in(OrderStatus.CLOSING, buyer, product)
    with nothing_changes(), pytest.raises(TooManyUnpaid):
        order(buyer, {product.sku_id: 1})


@pytest.mark.parametrize("status", [OrderStatus.CLOSED, OrderStatus.PAID])
def test_a_closed_or_paid_order_does_not_count(status: OrderStatus) -> None:
    buyer, product = make_buyer(), make_product(stock=100)
    order_in(status, buyer, product)
    unpaid_orders(buyer, product, 10)
    assert stock_of(product.sku_id)[1] == (11 if status is OrderStatus.PAID else 10)


def test_a_number_that_chance_gave_out_twice_makes_placing_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    buyer, product = make_buyer(), make_product(stock=5)
    taken = order(buyer, {product.sku_id: 1}).no
    put_in(buyer.id, product.sku_id)
    numbers = iter([taken, "2611201630000000010042"])
    monkeypatch.setattr(placement, "new_order_no", lambda **_: next(numbers))
    assert order(buyer, {product.sku_id: 2}).no == "2611201630000000010042"
    assert stock_of(product.sku_id) == (5, 3)
    assert cart_of(buyer.id) == {}
    assert [event["order_no"] for event in events("order.placed")] == [taken, "2611201630000000010042"]
    assert len(history_of("2611201630000000010042")) == len(history_of(taken)) == 1


def test_a_number_that_is_always_taken_is_refused_after_three_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    buyer, product = make_buyer(), make_product(stock=5)
    taken, runs = order(buyer, {product.sku_id: 1}).no, []
    monkeypatch.setattr(placement, "new_order_no", lambda **_: runs.append(1) or taken)
    with nothing_changes(), pytest.raises(LostRace):
        order(buyer, {product.sku_id: 1})
    assert len(runs) == 3


def test_two_orders_of_one_moment_have_two_numbers() -> None:
    buyer, product, now = make_buyer(), make_product(), utc_now()
    first, second = (order(buyer, {product.sku_id: 1}, now=now) for _ in range(2))
    assert first.no != second.no
    assert first.no[:12] == second.no[:12]

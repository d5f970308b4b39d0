"""The cart shows today's prices and what can be ordered."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from backend.cart.domain.line import CartLine
from backend.cart.domain.mark import Availability
from backend.cart.service.query import CartLineView, CartView
from backend.cart.wiring import services
from backend.inventory import facade as inventory
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.domain.identity import new_id
from kit.service.transaction import in_transaction
from tests.factories.cart import put_in
from tests.factories.catalog import ProductFixture, make_product
from tests.factories.catalog_changes import rewrite, take_off_sale
from tests.factories.statements import counted_statements
from tests.factories.user import make_customer
from tests.support.fresh import fresh_session

pytestmark = pytest.mark.usefixtures("app")


def shown(customer_id: int) -> CartView:
    fresh_session()
    return services().query.view(customer_id=customer_id)


def only_line(product: ProductFixture, quantity: int, *, taken: int = 0) -> tuple[CartLineView, int]:
    """A cart of one line while others hold `taken` units: its line and the orderable amount."""
    customer = make_customer()
    put_in(customer, product.sku_id, quantity)
    if taken:
        inventory.reserve(
            quantities={product.sku_id: taken}, reference="order:other", operator="member:1", now=utc_now()
        )
    view = shown(customer)
    (line,) = view.items
    return line, view.orderable_fen


def test_an_empty_cart() -> None:
    assert shown(make_customer()) == CartView(items=[], orderable_fen=0)


def test_a_line_that_can_be_ordered() -> None:
    product = make_product(price_fen=1990, stock=3, code="APPLE", title="苹果", unit="盒", image_url="https://a/p")
    line, orderable_fen = only_line(product, 3)
    assert line == CartLineView(
        sku_id=product.sku_id,
        product_id=product.product_id,
        title="苹果",
        spec_text="规格:款式1",
        image_url="https://a/p",
        unit="盒",
        quantity=3,
        price_fen=1990,
        added_price_fen=1990,
        price_changed=False,
        availability=Availability.OK,
        max_quantity=None,
        order_limit=None,
    )
    assert orderable_fen == 5970


def test_fewer_are_left_than_wanted() -> None:
    line, orderable_fen = only_line(make_product(stock=5), 4, taken=2)
    assert (line.availability, line.max_quantity, orderable_fen) == (Availability.INSUFFICIENT, 3, 0)


def test_sold_out() -> None:
    line, orderable_fen = only_line(make_product(stock=5), 1, taken=5)
    assert (line.availability, line.max_quantity, orderable_fen) == (Availability.SOLD_OUT, None, 0)


def test_off_sale_comes_before_sold_out() -> None:
    customer, product = make_customer(), make_product(stock=0, title="苹果")
    put_in(customer, product.sku_id)
    take_off_sale(product)
    (line,) = shown(customer).items
    assert (line.availability, line.max_quantity) == (Availability.OFF_SALE, None)
    assert (line.title, line.product_id) == ("苹果", product.product_id)


def test_an_archived_sku_is_off_sale_though_its_product_is_not() -> None:
    customer, product = make_customer(), make_product(skus=2)
    for sku_id in product.sku_ids:
        put_in(customer, sku_id)
    rewrite(product, drop=1)
    assert {line.sku_id: line.availability for line in shown(customer).items} == {
        product.sku_ids[0]: Availability.OK,
        product.sku_ids[1]: Availability.OFF_SALE,
    }


def test_a_sku_the_catalogue_never_heard_of_is_off_sale_and_costs_what_it_did() -> None:
    customer, product = make_customer(), make_product(price_fen=1990)
    put_in(customer, product.sku_id)
    in_transaction(lambda: db.session.execute(update(CartLine).values(sku_id=new_id())))
    (line,) = shown(customer).items
    assert (line.availability, line.product_id, line.title) == (Availability.OFF_SALE, None, "")
    assert (line.price_fen, line.price_changed) == (1990, False)


def test_a_new_price_is_marked_and_counts() -> None:
    customer, product = make_customer(), make_product(price_fen=1990)
    put_in(customer, product.sku_id, 2)
    rewrite(product, price_fen=2090)
    view = shown(customer)
    (line,) = view.items
    assert (line.added_price_fen, line.price_fen, line.price_changed) == (1990, 2090, True)
    assert view.orderable_fen == 4180


def test_the_orderable_amount_leaves_out_what_cannot_be_ordered() -> None:
    customer = make_customer()
    fine, few, off = make_product(price_fen=1000), make_product(price_fen=70, stock=1), make_product(price_fen=5)
    for product, quantity in ((fine, 3), (few, 2), (off, 1)):
        put_in(customer, product.sku_id, quantity)
    take_off_sale(off)
    assert shown(customer).orderable_fen == 3000


def test_the_last_added_line_comes_first() -> None:
    customer, product = make_customer(), make_product(skus=3)
    for sku_id in product.sku_ids:
        put_in(customer, sku_id)
    assert [line.sku_id for line in shown(customer).items] == list(reversed(product.sku_ids))


def test_somebody_elses_lines_are_not_shown() -> None:
    put_in(make_customer(), make_product().sku_id)
    assert shown(make_customer()).items == []


@pytest.mark.parametrize("lines", [1, 5, 20])
def test_a_cart_is_shown_with_three_statements_whatever_its_size(lines: int) -> None:
    customer, product = make_customer(), make_product(skus=lines)
    for sku_id in product.sku_ids:
        put_in(customer, sku_id)
    fresh_session()
    with counted_statements() as statements:
        assert len(services().query.view(customer_id=customer).items) == lines
    assert len(statements) == 3

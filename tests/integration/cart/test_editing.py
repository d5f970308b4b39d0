"""The customer changes the cart."""

from __future__ import annotations

import pytest

from backend.cart import facade
from backend.cart.domain.error import CartFull, LineNotFound, SkuNotSold
from backend.cart.domain.line import MAX_LINES, CartLine
from backend.cart.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.domain.identity import new_id
from kit.service.transaction import in_transaction
from tests.factories.cart import cart_of, put_in
from tests.factories.catalog import make_product
from tests.factories.catalog_changes import rewrite, take_off_sale
from tests.factories.user import make_customer
from tests.support.unchanged import nothing_changes

pytestmark = pytest.mark.usefixtures("app")


def fill_up(customer_id: int, lines: int) -> None:
    """`lines` lines of SKUs that nobody sells any more."""

    def write() -> None:
        db.session.add_all(
            CartLine(customer_id=customer_id, sku_id=new_id(), quantity=1, added_price_fen=1, added_at=utc_now())
            for _ in range(lines)
        )

    in_transaction(write)


def test_a_sku_is_put_in_with_the_price_of_today() -> None:
    customer, product = make_customer(), make_product(price_fen=1990)
    line = services().editing.add(customer_id=customer, sku_id=product.sku_id, quantity=2, now=utc_now())
    assert (line.sku_id, line.quantity, line.added_price_fen) == (product.sku_id, 2, 1990)
    assert cart_of(customer) == {product.sku_id: 2}


def test_the_same_sku_again_is_added_to_its_line() -> None:
    customer, product = make_customer(), make_product()
    put_in(customer, product.sku_id, 2)
    put_in(customer, product.sku_id, 3)
    assert cart_of(customer) == {product.sku_id: 5}


def test_a_line_holds_999_at_most() -> None:
    customer, product = make_customer(), make_product()
    put_in(customer, product.sku_id, 998)
    put_in(customer, product.sku_id, 5)
    assert cart_of(customer) == {product.sku_id: 999}


def test_adding_again_takes_over_the_new_price() -> None:
    customer, product = make_customer(), make_product(price_fen=1990)
    put_in(customer, product.sku_id)
    rewrite(product, price_fen=1890)
    line = services().editing.add(customer_id=customer, sku_id=product.sku_id, quantity=1, now=utc_now())
    assert line.added_price_fen == 1890


def test_more_than_the_shop_has_may_lie_in_a_cart() -> None:
    customer, product = make_customer(), make_product(stock=1)
    put_in(customer, product.sku_id, 7)
    assert cart_of(customer) == {product.sku_id: 7}


def test_a_sku_that_does_not_exist_is_not_sold() -> None:
    customer = make_customer()
    with nothing_changes(), pytest.raises(SkuNotSold):
        put_in(customer, new_id())


def test_a_product_off_sale_is_not_sold() -> None:
    customer, product = make_customer(), make_product()
    take_off_sale(product)
    with nothing_changes(), pytest.raises(SkuNotSold):
        put_in(customer, product.sku_id)


def test_an_archived_sku_of_a_product_on_sale_is_not_sold() -> None:
    customer, product = make_customer(), make_product(skus=2)
    rewrite(product, drop=1)
    with nothing_changes(), pytest.raises(SkuNotSold):
        put_in(customer, product.sku_ids[1])


def test_a_line_is_not_added_to_once_its_product_is_off_sale() -> None:
    customer, product = make_customer(), make_product()
    put_in(customer, product.sku_id)
    take_off_sale(product)
    with nothing_changes(), pytest.raises(SkuNotSold):
        put_in(customer, product.sku_id)


def test_the_hundredth_line_fits_and_the_next_does_not() -> None:
    customer, product = make_customer(), make_product(skus=2)
    fill_up(customer, MAX_LINES - 1)
    put_in(customer, product.sku_ids[0])
    with nothing_changes(), pytest.raises(CartFull) as refused:
        put_in(customer, product.sku_ids[1])
    assert refused.value.params == {"maximum": 100}


def test_a_full_cart_takes_more_of_what_is_in_it() -> None:
    customer, product = make_customer(), make_product()
    put_in(customer, product.sku_id)
    fill_up(customer, MAX_LINES - 1)
    put_in(customer, product.sku_id)
    assert cart_of(customer)[product.sku_id] == 2


def test_somebody_elses_full_cart_does_not_matter() -> None:
    customer, product = make_customer(), make_product()
    fill_up(make_customer(), MAX_LINES)
    put_in(customer, product.sku_id)
    assert cart_of(customer) == {product.sku_id: 1}


def test_a_quantity_is_set() -> None:
    customer, product = make_customer(), make_product()
    put_in(customer, product.sku_id, 5)
    services().editing.change(customer_id=customer, sku_id=product.sku_id, quantity=3)
    assert cart_of(customer) == {product.sku_id: 3}


def test_a_line_that_is_not_there_cannot_be_changed() -> None:
    customer = make_customer()
    with nothing_changes(), pytest.raises(LineNotFound):
        services().editing.change(customer_id=customer, sku_id=new_id(), quantity=3)


def test_somebody_elses_line_cannot_be_changed() -> None:
    owner, product = make_customer(), make_product()
    put_in(owner, product.sku_id, 5)
    stranger = make_customer()
    with nothing_changes(), pytest.raises(LineNotFound):
        services().editing.change(customer_id=stranger, sku_id=product.sku_id, quantity=3)


def test_lines_are_taken_out_and_the_others_stay() -> None:
    customer, product = make_customer(), make_product(skus=3)
    for sku_id in product.sku_ids:
        put_in(customer, sku_id)
    gone, stays, gone_too = product.sku_ids
    assert services().editing.remove(customer_id=customer, sku_ids=[gone, gone_too]) == 2
    assert cart_of(customer) == {stays: 1}


def test_taking_out_what_is_not_there_is_fine() -> None:
    customer = make_customer()
    with nothing_changes():
        assert services().editing.remove(customer_id=customer, sku_ids=[new_id()]) == 0


def test_somebody_elses_line_stays_when_the_same_sku_is_taken_out() -> None:
    owner, stranger, product = make_customer(), make_customer(), make_product()
    put_in(owner, product.sku_id)
    with nothing_changes():
        facade.take_out(customer_id=stranger, sku_ids=[product.sku_id])


def test_clearing_empties_ones_own_cart_only() -> None:
    customer, other, product = make_customer(), make_customer(), make_product(skus=2)
    for sku_id in product.sku_ids:
        put_in(customer, sku_id)
    put_in(other, product.sku_id)
    assert services().editing.clear(customer_id=customer) == 2
    assert cart_of(customer) == {}
    assert cart_of(other) == {product.sku_id: 1}

"""Two taps at the same moment end in one line with both quantities."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from backend.cart.domain.line import CartLine
from backend.cart.repository.line import CartRepository
from backend.cart.service import editing
from kit.service import transaction
from tests.factories.cart import cart_of, put_in
from tests.factories.catalog import make_product
from tests.factories.user import make_customer
from tests.support.fresh import fresh_session
from tests.support.threads import at_once

pytestmark = [pytest.mark.mysql_only, pytest.mark.commits]


@pytest.fixture
def both_read_before_either_writes(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on the first two looks at a cart wait for each other."""
    barrier, looks = threading.Barrier(2), iter([True, True])
    read = CartRepository.of_customer

    def meet(self: CartRepository, customer_id: int) -> Sequence[CartLine]:
        lines = read(self, customer_id)
        if next(looks, False):
            barrier.wait(10)
        return lines

    return lambda: monkeypatch.setattr(CartRepository, "of_customer", meet)


def tap_twice(app: Flask, customer_id: int, sku_id: int, meet: Callable[[], None]) -> list[object]:
    """One tap adds 2, the other 3."""
    fresh_session()
    meet()
    return at_once(app, [lambda: put_in(customer_id, sku_id, 2), lambda: put_in(customer_id, sku_id, 3)])


def test_two_first_taps_make_one_line_with_the_sum(
    app: Flask, both_read_before_either_writes: Callable[[], None]
) -> None:
    customer, product = make_customer(), make_product()
    assert tap_twice(app, customer, product.sku_id, both_read_before_either_writes) == [None, None]
    assert cart_of(customer) == {product.sku_id: 5}


def test_control_without_running_again_one_of_two_first_taps_is_lost(
    app: Flask, both_read_before_either_writes: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    customer, product = make_customer(), make_product()
    monkeypatch.setattr(editing, "is_duplicate", lambda error: False)
    results = tap_twice(app, customer, product.sku_id, both_read_before_either_writes)
    assert sum(isinstance(result, IntegrityError) for result in results) == 1
    assert cart_of(customer)[product.sku_id] in (2, 3)


def test_two_more_taps_on_a_line_are_both_counted(
    app: Flask, both_read_before_either_writes: Callable[[], None]
) -> None:
    customer, product = make_customer(), make_product()
    put_in(customer, product.sku_id, 1)
    assert tap_twice(app, customer, product.sku_id, both_read_before_either_writes) == [None, None]
    assert cart_of(customer) == {product.sku_id: 6}


def test_control_without_running_again_one_of_two_more_taps_is_lost(
    app: Flask, both_read_before_either_writes: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    customer, product = make_customer(), make_product()
    put_in(customer, product.sku_id, 1)
    monkeypatch.setattr(transaction, "is_lost_race", lambda error: False)
    results = tap_twice(app, customer, product.sku_id, both_read_before_either_writes)
    assert sum(isinstance(result, StaleDataError) for result in results) == 1
    assert cart_of(customer)[product.sku_id] in (3, 4)

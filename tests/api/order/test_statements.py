"""How many statements MySQL sees of one request, whatever its size. BEGIN, COMMIT and savepoints are not counted."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.factories.cart import put_in
from tests.factories.catalog import make_product
from tests.factories.order import Buyer
from tests.factories.order_reading import allow_many_unpaid, order
from tests.support.fresh import fresh_session
from tests.support.order_requests import ORDERS, items_of, order_of

pytestmark = pytest.mark.mysql_only
WHO_ASKS = 1
SIZES = [1, 5, 20]


@pytest.mark.parametrize("lines", SIZES)
def test_placing_an_order_takes_15(
    client: FlaskClient, buyer: Buyer, member: dict[str, str], sent_to_mysql: list[str], lines: int
) -> None:
    product = make_product(skus=lines, stock=9)
    for sku_id in product.sku_ids:
        put_in(buyer.id, sku_id)
    body = order_of(buyer, dict.fromkeys(product.sku_ids, 2))
    fresh_session()
    sent_to_mysql.clear()
    assert client.post(ORDERS, json=body, headers=member).status_code == 201
    assert len(sent_to_mysql) == 15


@pytest.mark.parametrize("lines", SIZES)
def test_an_order_that_sells_everything_out_takes_one_more(
    client: FlaskClient, buyer: Buyer, member: dict[str, str], sent_to_mysql: list[str], lines: int
) -> None:
    product = make_product(skus=lines, stock=2)
    body = order_of(buyer, dict.fromkeys(product.sku_ids, 2))
    fresh_session()
    sent_to_mysql.clear()
    assert client.post(ORDERS, json=body, headers=member).status_code == 201
    assert len(sent_to_mysql) == 16


@pytest.mark.parametrize("lines", SIZES)
def test_a_quote_takes_one(client: FlaskClient, member: dict[str, str], sent_to_mysql: list[str], lines: int) -> None:
    body = {"items": items_of(dict.fromkeys(make_product(skus=lines).sku_ids, 1))}
    fresh_session()
    sent_to_mysql.clear()
    assert client.post(f"{ORDERS}/quote", json=body, headers=member).status_code == 200
    assert len(sent_to_mysql) == WHO_ASKS + 1


@pytest.mark.parametrize("count", SIZES)
def test_lists_take_two_and_details_three(
    client: FlaskClient,
    buyer: Buyer,
    member: dict[str, str],
    staff: dict[str, str],
    sent_to_mysql: list[str],
    monkeypatch: pytest.MonkeyPatch,
    count: int,
) -> None:
    allow_many_unpaid(monkeypatch)
    product = make_product(skus=count, stock=100, price_fen=9900)
    numbers = [order(buyer, dict.fromkeys(product.sku_ids, 1)).no for _ in range(count)]
    fresh_session()
    for path, headers, expected in (
        (ORDERS, member, WHO_ASKS + 2),
        (f"{ORDERS}/{numbers[0]}", member, WHO_ASKS + 3),
        ("/admin/v1/orders", staff, WHO_ASKS + 2),
        (f"/admin/v1/orders/{numbers[0]}", staff, WHO_ASKS + 3),
    ):
        sent_to_mysql.clear()
        assert client.get(path, headers=headers).status_code == 200
        assert len(sent_to_mysql) == expected

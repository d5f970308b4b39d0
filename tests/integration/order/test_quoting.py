"""What an order would cost now; nothing is promised."""

from __future__ import annotations

import pytest

from backend.order.domain.error import NotForSale, NothingOrdered
from backend.order.wiring import services
from kit.domain.identity import new_id
from tests.factories.catalog import make_product
from tests.factories.catalog_changes import rewrite, take_off_sale
from tests.support.unchanged import nothing_changes

pytestmark = pytest.mark.usefixtures("app")


@pytest.mark.parametrize(
    ("price_fen", "quantity", "amounts"),
    [(9899, 1, (9899, 800, 10_699)), (3300, 3, (9900, 0, 9900)), (1, 1, (1, 800, 801))],
)
def test_freight_is_8_yuan_below_99_yuan_of_goods(price_fen: int, quantity: int, amounts: tuple[int, ...]) -> None:
    product = make_product(price_fen=price_fen)
    quote = services().quoting.quote({product.sku_id: quantity})
    assert (quote.goods_fen, quote.freight_fen, quote.payable_fen) == amounts


def test_a_quoted_line_shows_what_is_bought() -> None:
    product = make_product(price_fen=1990, code="APPLE", title="苹果", unit="盒", image_url="https://a/p", skus=2)
    first, second = services().quoting.quote({product.sku_ids[1]: 2, product.sku_ids[0]: 1}).lines
    assert (first.sku_id, first.product_id) == (product.sku_ids[1], product.product_id)
    assert first.sku_code.startswith("APPLE-")
    assert (first.title, first.spec_text, first.unit) == ("苹果", "规格:款式2", "盒")
    assert (first.image_url, first.price_fen, first.quantity, first.amount_fen) == ("https://a/p", 1990, 2, 3980)
    assert (second.sku_id, second.quantity) == (product.sku_ids[0], 1)


def test_quoting_promises_nothing_and_asks_for_no_stock() -> None:
    product = make_product(stock=0)
    with nothing_changes():
        assert services().quoting.quote({product.sku_id: 5}).goods_fen == 5000


def test_unknown_off_sale_and_archived_skus_are_named_and_no_others() -> None:
    fine, off, halved = make_product(), make_product(), make_product(skus=2)
    take_off_sale(off)
    rewrite(halved, drop=1)
    unknown = new_id()
    wanted = [fine.sku_id, off.sku_id, halved.sku_ids[0], halved.sku_ids[1], unknown]
    with pytest.raises(NotForSale) as refused:
        services().quoting.quote(dict.fromkeys(wanted, 1))
    assert refused.value.errors == {
        str(sku_id): ["商品不存在或已下架，请移除"] for sku_id in (off.sku_id, halved.sku_ids[1], unknown)
    }


def test_nothing_costs_nothing_and_is_no_order() -> None:
    with pytest.raises(NothingOrdered):
        services().quoting.quote({})

"""What an order costs, in fen."""

from __future__ import annotations

import pytest

from backend.order.domain.pricing import FlatFreight, PricedLine, quote

RULE = FlatFreight(flat_fen=800, free_from_fen=9900)


def line(price_fen: int, quantity: int) -> PricedLine:
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


def test_a_line_costs_price_times_quantity() -> None:
    assert line(1990, 3).amount_fen == 5970


def test_goods_are_the_sum_of_the_lines_and_payable_adds_freight() -> None:
    priced = quote([line(1990, 2), line(5, 1)], RULE)
    assert (priced.goods_fen, priced.freight_fen, priced.payable_fen) == (3985, 800, 4785)


@pytest.mark.parametrize(("price_fen", "payable_fen"), [(9899, 10_699), (9900, 9900), (9901, 9901)])
def test_one_fen_decides_on_freight(price_fen: int, payable_fen: int) -> None:
    assert quote([line(price_fen, 1)], RULE).payable_fen == payable_fen


def test_lines_keep_their_order() -> None:
    lines = [line(3, 1), line(1, 1), line(2, 1)]
    assert list(quote(lines, RULE).lines) == lines

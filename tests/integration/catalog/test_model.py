"""Brands by name, prices that are remembered, bar codes, and the projection of what is in stock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from backend.catalog.domain.brand import Brand
from backend.catalog.domain.error import BarCodeTaken, BrandNotFound, TagNotFound
from backend.catalog.domain.facts import ProductFacts, SkuLine
from backend.catalog.domain.price_change import PriceChange
from backend.catalog.domain.product import Product
from backend.catalog.wiring import services
from backend.inventory import facade as inventory
from kit.db.extension import db
from kit.domain.clock import utc_now
from tests.factories.catalog import OPERATOR, ProductFixture, make_category, make_product, sku_line
from tests.factories.catalog_sheet import row, sheet

pytestmark = pytest.mark.usefixtures("app")


def edit(made: ProductFixture, lines: list[SkuLine], **facts: Any) -> None:
    found = services().query.product(made.product_id)
    services().editing.edit(
        made.product_id,
        ProductFacts(category_id=found["category_id"], title="t", **facts),
        lines,
        version=found["version"],
        operator="staff:7",
        now=utc_now(),
        reason="双十一",
    )


def brands() -> list[str]:
    return [str(brand.name) for brand in db.session.scalars(select(Brand).order_by(Brand.id))]


def in_stock(product_id: int) -> bool:
    db.session.expire_all()
    return bool(db.session.scalar(select(Product.in_stock).where(Product.id == product_id)))


def changes() -> list[tuple[int, int, int | None, int | None, str, str]]:
    rows = db.session.scalars(select(PriceChange).order_by(PriceChange.id))
    return [
        (row.old_price_fen, row.new_price_fen, row.old_list_price_fen, row.new_list_price_fen, row.actor, row.reason)
        for row in rows
    ]


def test_an_unknown_brand_name_becomes_a_brand_and_a_known_one_is_written_as_it_is() -> None:
    first, second, none = make_product(brand="Nike"), make_product(brand="NIKE"), make_product()
    assert brands() == ["Nike"]
    one, other = (services().query.product(made.product_id) for made in (first, second))
    assert one["brand_id"] == other["brand_id"] is not None
    assert (one["brand"], other["brand"]) == ("Nike", "Nike")
    assert services().query.product(none.product_id)["brand_id"] is None


def test_a_sheet_makes_brands_and_its_second_run_changes_nothing() -> None:
    rows = [
        row(品牌="果然鲜"),
        row(商品编号="PEAR", 品牌="果然鲜"),
        row(商品编号="FIG", 品牌="guo"),
        row(商品编号="KIWI", 品牌="GUO"),
    ]
    services().importing.run(sheet(*rows), operator="system:import", now=utc_now())
    assert sorted(brands()) == ["GUO", "果然鲜"]
    again = services().importing.run(sheet(*rows), operator="system:import", now=utc_now())
    assert not again.outcome.changed_anything


def test_a_sheet_leaves_what_it_does_not_speak_of() -> None:
    services().importing.run(sheet(row()), operator="system:import", now=utc_now())
    product_id = db.session.scalars(select(Product.id)).one()
    found = services().query.product(product_id)
    facts = ProductFacts(category_id=found["category_id"], title="t", detail="<p>脆</p>", origin="烟台", sort_weight=3)
    line = SkuLine(sku_id=found["skus"][0].id, facts=sku_line("500g", bar_code="A-1", order_limit=2, cost_fen=5).facts)
    services().editing.edit(product_id, facts, [line], version=1, operator="staff:7", now=utc_now())
    services().importing.run(sheet(row()), operator="system:import", now=utc_now())
    found = services().query.product(product_id)
    assert (found["title"], found["detail"], found["origin"], found["sort_weight"]) == (
        "烟台红富士",
        "<p>脆</p>",
        "烟台",
        3,
    )
    (sku,) = found["skus"]
    assert (sku.bar_code, sku.order_limit, sku.cost_fen, sku.price_fen) == ("A-1", 2, 5, 990)


def test_an_unknown_brand_or_tag_is_refused_and_nothing_is_written(everything: Callable[[], Any]) -> None:
    category_id = make_category()
    before = everything()
    for facts, error in (({"brand_id": 42}, BrandNotFound), ({"tag_ids": frozenset({42})}, TagNotFound)):
        with pytest.raises(error):
            services().editing.create(
                "A", ProductFacts(category_id=category_id, title="t", **facts), [], operator="t", now=utc_now()
            )
        assert everything() == before


def test_every_price_that_changes_is_remembered_with_who_and_why() -> None:
    made = make_product(price_fen=1000, skus=2)
    assert changes() == []
    first = sku_line("款式1", price_fen=900, list_price_fen=1000, sku_id=made.sku_ids[0])
    second = sku_line("款式2", price_fen=1000, sku_id=made.sku_ids[1])
    edit(made, [first, second])
    assert changes() == [(1000, 900, None, 1000, "staff:7", "双十一")]
    edit(made, [first, second, sku_line("款式3", price_fen=1)])
    assert len(changes()) == 1


def test_a_price_that_a_sheet_changes_is_remembered_too() -> None:
    services().importing.run(sheet(row(售价="9.90")), operator="system:import", now=utc_now())
    services().importing.run(sheet(row(售价="8.80")), operator="system:import", now=utc_now())
    assert changes() == [(990, 880, 1280, 1280, "system:import", "catalogue sheet")]


def test_a_bar_code_belongs_to_one_live_sku(everything: Callable[[], Any]) -> None:
    one, other = make_product(), make_product()
    edit(one, [sku_line("款式1", sku_id=one.sku_id, bar_code="A-1")])
    before = everything()
    with pytest.raises(BarCodeTaken, match="A-1"):
        edit(other, [sku_line("款式1", sku_id=other.sku_id, bar_code="A-1")])
    assert everything() == before
    services().selling.take_off_sale(one.product_id, now=utc_now())
    services().editing.archive(one.product_id, now=utc_now())
    edit(other, [sku_line("款式1", sku_id=other.sku_id, bar_code="A-1")])


def test_a_product_is_in_stock_while_any_live_sku_is() -> None:
    made = make_product(stock=0, skus=2)
    assert not in_stock(made.product_id)
    inventory.receive(quantities={made.sku_ids[1]: 1}, reference="r", reason="r", operator=OPERATOR, now=utc_now())
    services().availability.refresh(made.sku_ids)
    assert in_stock(made.product_id)
    edit(made, [sku_line("款式1", sku_id=made.sku_ids[0])])
    assert not in_stock(made.product_id)


def test_a_sheet_puts_new_products_in_stock() -> None:
    services().importing.run(sheet(row(), row(商品编号="PEAR", 库存="0")), operator="system:import", now=utc_now())
    stocked = {row.code: row.in_stock for row in db.session.execute(select(Product.code, Product.in_stock))}
    assert stocked == {"APPLE": True, "PEAR": False}

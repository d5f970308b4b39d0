"""A shop that already sells finds its products listed, its sales counted and its last units told."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from backend.catalog.wiring import services
from kit.db.extension import db

NOW = "2026-11-01 00:00:00"
PRODUCT = (
    "INSERT INTO cat_product (id, code, category_id, title, brand, brand_id, selling_point, unit, image_url, gallery, "
    "parameters, status, min_price_fen, in_stock, sort_weight, created_at, updated_at, version) "
    "VALUES (:id, :code, :category_id, 't', '', :brand_id, '', '', '', '[]', '[]', :status, 900, 1, 7, :now, :now, 1)"
)
SKU = (
    "INSERT INTO cat_sku (id, product_id, code, position, spec, spec_text, spec_key, price_fen, in_stock) "
    "VALUES (:id, :id, :code, 1, '[]', '', 'k', 900, 1)"
)
STOCK = "INSERT INTO inv_stock (sku_id, location_id, on_hand, reserved, updated_at) VALUES (:id, 1, :on_hand, 1, :now)"
ORDER = (
    "INSERT INTO ord_order (id, no, buyer_id, store_id, status, goods_fen, freight_fen, payable_fen, item_count, "
    "receiver, phone, province, city, district, detail, remark, placed_at, payment_attempts, paid_at, version) "
    "VALUES (:id, :no, 1, 1, :status, 900, 0, 900, 1, '', '', '', '', '', '', '', :now, 0, :paid_at, 1)"
)
LINE = (
    "INSERT INTO ord_line (id, order_id, position, sku_id, product_id, sku_code, title, spec_text, image_url, unit, "
    "price_fen, quantity, amount_fen) VALUES (:id, :id, 1, 1, 1, '', '', '', '', '', 300, 3, 900)"
)


def run(statement: str, **values: Any) -> Any:
    return db.session.execute(text(statement), values)


def test_products_are_listed_sales_counted_and_last_units_told(fresh_app: Flask) -> None:
    upgrade(revision="0007")
    for number, parent in ((1, None), (2, 1), (3, 2)):
        run(
            "INSERT INTO cat_category (id, parent_id, name, sort_order, image_url, live_key, shown, version) "
            "VALUES (:id, :parent, 'c', 1, '', :key, 1, 1)",
            id=number,
            parent=parent,
            key=f"k{number}",
        )
    brand = "INSERT INTO cat_brand (id, name, live_key, logo, description, sort_order, version)"
    run(f"{brand} VALUES (9, 'b', 'k', '', '', 0, 1)")
    run("INSERT INTO cat_tag (id, name, name_key, sort_order, version) VALUES (8, 't', 'k', 0, 1)")
    for number, category_id, brand_id, status in ((1, 3, 9, "on_sale"), (2, 1, None, "on_sale"), (3, 1, None, "draft")):
        run(PRODUCT, id=number, code=f"P{number}", category_id=category_id, brand_id=brand_id, status=status, now=NOW)
        run(SKU, id=number, code=f"P{number}-1")
        run(STOCK, id=number, on_hand=(4, 100, 0)[number - 1] + 1, now=NOW)
    run("INSERT INTO cat_product_tag (product_id, tag_id) VALUES (1, 8)")
    for number, status, paid_at in ((1, "paid", NOW), (2, "closed", None)):
        run(ORDER, id=number, no=f"{number:022d}", status=status, paid_at=paid_at, now=NOW)
        run(LINE, id=number)
    db.session.commit()
    upgrade(revision="0010")
    rows = run(
        "SELECT kind, facet_id, in_stock, sort_weight, min_price_fen, sales FROM cat_listing WHERE product_id = 1"
    )
    found = {tuple(row) for row in rows}
    facets = {("a", 0), ("c", 1), ("c", 2), ("c", 3), ("b", 9), ("t", 8)}
    assert found == {(*facet, 1, 7, 900, 3) for facet in facets}
    assert run("SELECT count(*) FROM cat_listing WHERE product_id = 3").scalar() == 0
    assert run("SELECT low_count FROM cat_sku ORDER BY id").scalars().all() == [4, None, None]
    db.session.commit()
    upgrade()
    assert services().relisting.everything(mend=False) == 0
    downgrade(revision="0007")
    assert run("SELECT count(*) FROM cat_product").scalar() == 3


@pytest.mark.usefixtures("fresh_app")
def test_an_empty_shop_goes_up_and_down() -> None:
    for _ in range(2):
        upgrade(revision="0010")
        downgrade(revision="0007")

"""A shop that already sells gets brands from its products, and what was in stock still is."""

from __future__ import annotations

from typing import Any

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from kit.db.extension import db

NOW = "2026-11-01 00:00:00"
PRODUCT = (
    "INSERT INTO cat_product (id, code, category_id, title, brand, selling_point, unit, image_url, gallery, "
    "parameters, status, min_price_fen, created_at, updated_at, version) "
    "VALUES (:id, :code, 1, 't', :brand, '', '', '', '[]', '[]', 'on_sale', 1, :now, :now, 1)"
)
SKU = (
    "INSERT INTO cat_sku (id, product_id, code, position, spec, spec_text, spec_key, price_fen, in_stock, archived_at) "
    "VALUES (:id, :id, :code, 1, '[]', '', 'k', 1, :in_stock, :archived_at)"
)


def run(statement: str, **values: Any) -> Any:
    return db.session.execute(text(statement), values)


@pytest.mark.usefixtures("fresh_app")
def test_products_keep_their_brands_and_their_stock() -> None:
    upgrade(revision="0003")
    run("INSERT INTO cat_category (id, name, sort_order, image_url, live_key, version) VALUES (1, 'c', 1, '', 'k', 1)")
    for number, brand in enumerate(("Nike", "NIKE ", "果然鲜", ""), start=1):
        run(PRODUCT, id=number, code=f"P{number}", brand=brand, now=NOW)
    for number, in_stock, archived_at in ((1, 1, None), (2, 0, None), (3, 1, NOW)):
        run(SKU, id=number, code=f"P{number}-1", in_stock=in_stock, archived_at=archived_at)
    db.session.commit()
    upgrade()
    rows = run(
        "SELECT p.id, p.brand, b.name, p.in_stock, p.detail, p.sales, p.sort_weight FROM cat_product p "
        "LEFT JOIN cat_brand b ON b.id = p.brand_id ORDER BY p.id"
    )
    assert [tuple(row) for row in rows] == [
        (1, "Nike", "Nike", 1, "", 0, 0),
        (2, "Nike", "Nike", 0, "", 0, 0),
        (3, "果然鲜", "果然鲜", 0, "", 0, 0),
        (4, "", None, 0, "", 0, 0),
    ]
    assert run("SELECT shown FROM cat_category").scalars().all() == [1]
    # What a process of the version before writes in the meantime is still taken.
    run(PRODUCT, id=5, code="P5", brand="", now=NOW)
    db.session.commit()
    downgrade(revision="0003")
    assert run("SELECT count(*) FROM cat_product").scalar() == 5
    db.session.commit()
    upgrade()
    assert run("SELECT count(*) FROM cat_brand").scalar() == 2

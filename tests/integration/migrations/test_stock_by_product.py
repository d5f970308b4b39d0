"""Stock that was there before knows its product as soon as the schema is upgraded."""

from __future__ import annotations

from flask import Flask
from flask_migrate import downgrade, upgrade

from kit.db.extension import db
from tests.integration.migrations.test_catalog_model import NOW, PRODUCT, run

SKU = (
    "INSERT INTO cat_sku (id, product_id, code, position, spec, spec_text, spec_key, price_fen, in_stock) "
    "VALUES (:id, :product_id, :code, 1, '[]', '', 'k', 1, 1)"
)
ITEM = "INSERT INTO inv_item (sku_id, sku_code, title) VALUES (:id, :code, 't')"
CATEGORY = (
    "INSERT INTO cat_category (id, name, sort_order, image_url, live_key, version) VALUES (1, 'c', 1, '', 'k', 1)"
)


def test_skus_of_the_catalogue_get_their_product_and_others_none(fresh_app: Flask) -> None:
    upgrade(revision="0003")
    run(CATEGORY)
    run(PRODUCT, id=70, code="P", brand="", now=NOW)
    run(SKU, id=7, product_id=70, code="P-1")
    for sku_id in (7, 8):
        run(ITEM, id=sku_id, code=f"P-{sku_id}")
    db.session.commit()
    upgrade(revision="0015")
    found = run("SELECT sku_id, product_id FROM inv_item ORDER BY sku_id").all()
    assert [tuple(row) for row in found] == [(7, 70), (8, None)]
    # What a process of the version before writes in the meantime is still taken.
    run(ITEM, id=9, code="P-9")
    db.session.commit()
    downgrade(revision="0012")
    assert run("SELECT COUNT(*) FROM inv_item").scalar() == 3

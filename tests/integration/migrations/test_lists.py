"""What a process of the version before writes, while the lists are upgraded, is taken and found."""

from __future__ import annotations

from flask import Flask
from flask_migrate import downgrade, upgrade

from backend.catalog.domain.listing import BITS
from tests.integration.migrations.test_shop_side import run

LISTING = (
    "INSERT INTO cat_listing (kind, facet_id, product_id, in_stock, sort_weight, min_price_fen, sales) "
    "VALUES ('c', :facet_id, 70, 1, 0, 900, 0)"
)


def test_a_listing_that_knows_no_bits_is_in_every_facet(fresh_app: Flask) -> None:
    upgrade(revision="0016")
    run(LISTING, facet_id=1)
    bits = run("SELECT facet_bits FROM cat_listing").scalar()
    assert [number for number in range(BITS) if not bits & 1 << number] == []
    run("COMMIT")
    downgrade(revision="0017")
    run(LISTING, facet_id=2)
    assert run("SELECT COUNT(*) FROM cat_listing").scalar() == 2

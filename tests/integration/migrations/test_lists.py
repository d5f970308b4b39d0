"""While the lists are upgraded, what a process of the version before writes is found, and what it names is there."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, event

from backend.catalog.domain.listing import BITS
from tests.integration.migrations.test_shop_side import run

LISTING = (
    "INSERT INTO cat_listing (kind, facet_id, product_id, in_stock, sort_weight, min_price_fen, sales) "
    "VALUES ('c', :facet_id, 70, 1, 0, 900, 0)"
)


def test_a_listing_that_knows_no_bits_is_in_every_facet(fresh_app: Flask) -> None:
    upgrade(revision="0018")
    run(LISTING, facet_id=1)
    bits = run("SELECT facet_bits FROM cat_listing").scalar()
    assert [number for number in range(BITS) if not bits & 1 << number] == []
    run("COMMIT")
    downgrade(revision="0017")
    run(LISTING, facet_id=2)
    assert run("SELECT COUNT(*) FROM cat_listing").scalar() == 2


@pytest.mark.mysql_only
def test_an_index_that_lists_name_is_never_away(fresh_app: Flask) -> None:
    upgrade(revision="0017")
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "INDEX ix_cat_listing_" in statement:
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        upgrade(revision="0018")
        downgrade(revision="0017")
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert [(one.count("DROP INDEX"), one.count("ADD INDEX")) for one in seen] == [(4, 4)] * 2

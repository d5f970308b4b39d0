"""Looking at tables as they are, and counting statements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from kit.db.extension import db

Everything = dict[str, list[Any]]


@pytest.fixture
def everything(app: Flask) -> Callable[[], Everything]:
    """All rows an import or an edit could touch, to assert that nothing changed."""
    tables = (
        "cat_category",
        "cat_brand",
        "cat_product",
        "cat_sku",
        "cat_price_change",
        "cat_product_tag",
        "inv_item",
        "inv_stock",
        "inv_ledger",
        "kit_outbox",
    )

    def read() -> Everything:
        db.session.rollback()
        return {name: list(db.session.execute(text(f"SELECT * FROM {name} ORDER BY 1, 2"))) for name in tables}

    return read

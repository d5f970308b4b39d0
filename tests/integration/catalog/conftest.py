"""Looking at tables as they are, and imports that are small enough to be followed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from backend.catalog.service.importing import applying, checking
from kit.db.extension import db
from kit.job.wiring import jobs

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


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For the files of this test."""
    monkeypatch.setattr(jobs().storage, "folder", tmp_path / "storage")


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two products in a transaction."""
    monkeypatch.setattr(checking, "PRODUCTS_AT_ONCE", 2)
    monkeypatch.setattr(applying, "PRODUCTS_AT_ONCE", 2)

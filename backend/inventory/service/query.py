"""Reads for staff, straight from SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import scoped_session

from backend.inventory.domain.ledger import LedgerEntry
from backend.inventory.domain.stock import DEFAULT_LOCATION, Stock, StockItem
from kit.db.extension import db
from kit.repository.page import Keyset, Page, PageRequest, fetch_page

_BY_SKU = Keyset((Stock.sku_id.expression,), ("sku_id",))
_NEWEST = Keyset((LedgerEntry.id.expression,), ("id",))


class StockQuery:
    """Stock levels and the movement log."""

    def __init__(self, session: scoped_session[Any] | None = None) -> None:
        self.session: scoped_session[Any] = session or db.session

    def levels(self, page: PageRequest, *, sku_code: str | None = None) -> Page[Row[Any]]:
        """Stock rows with the SKU's code and title, newest SKU first."""
        query = (
            select(
                Stock.sku_id,
                StockItem.sku_code,
                StockItem.title,
                Stock.on_hand,
                Stock.reserved,
                (Stock.on_hand - Stock.reserved).label("available"),
                Stock.updated_at,
            )
            .join(StockItem, StockItem.sku_id == Stock.sku_id)
            .where(Stock.location_id == DEFAULT_LOCATION)
        )
        if sku_code is not None:
            query = query.where(StockItem.sku_code == sku_code)
        return fetch_page(self.session, query, _BY_SKU, page)

    def movements(
        self, page: PageRequest, *, sku_id: int | None = None, reference: str | None = None
    ) -> Page[Row[Any]]:
        """Ledger rows, newest first."""
        conditions: list[ColumnElement[bool]] = []
        if sku_id is not None:
            conditions.append(LedgerEntry.sku_id == sku_id)
        if reference is not None:
            conditions.append(LedgerEntry.reference == reference)
        query = select(*LedgerEntry.__table__.columns).where(*conditions)
        return fetch_page(self.session, query, _NEWEST, page)

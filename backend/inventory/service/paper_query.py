"""Reads of documents, count sheets and locations for staff, straight from SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import scoped_session

from backend.inventory.domain.batch import Batch
from backend.inventory.domain.count import Count, CountLine, CountState
from backend.inventory.domain.document import Document, DocumentKind, DocumentLine
from backend.inventory.domain.error import CountNotFound, DocumentNotFound
from backend.inventory.domain.location import Location
from backend.inventory.domain.stock import StockItem
from kit.db.extension import db
from kit.repository.page import Keyset, Page, PageRequest, fetch_page

_NEWEST = Keyset((Document.id.expression,), ("id",))
_NEWEST_COUNT = Keyset((Count.id.expression,), ("id",))
_BY_LINE = Keyset((CountLine.line.expression,), ("line",), descending=False)


class PaperQuery:
    """Lists and details of what staff wrote."""

    def __init__(self, session: scoped_session[Any] | None = None) -> None:
        self.session: scoped_session[Any] = session or db.session

    def locations(self) -> list[Row[Any]]:
        """All, as orders ask them; archived ones last."""
        query = select(*Location.__table__.columns)
        return list(
            self.session.execute(query.order_by(Location.archived_at.isnot(None), Location.priority, Location.id))
        )

    def documents(
        self,
        page: PageRequest,
        *,
        kind: DocumentKind | None = None,
        operator: str | None = None,
        reference: str | None = None,
        source: str | None = None,
    ) -> Page[Row[Any]]:
        """Newest first."""
        query = select(*Document.__table__.columns)
        exactly = (
            (Document.kind, kind),
            (Document.operator, operator),
            (Document.reference, reference),
            (Document.source, source),
        )
        for column, wanted in exactly:
            if wanted is not None:
                query = query.where(column == wanted)
        return fetch_page(self.session, query, _NEWEST, page)

    def document(self, document_id: int) -> dict[str, Any]:
        """With its lines. Raises `DocumentNotFound`."""
        head = self.session.execute(select(*Document.__table__.columns).where(Document.id == document_id)).first()
        if head is None:
            raise DocumentNotFound
        lines = (
            select(*DocumentLine.__table__.columns, StockItem.sku_code, StockItem.title)
            .join(StockItem, StockItem.sku_id == DocumentLine.sku_id)
            .where(DocumentLine.document_id == document_id)
            .order_by(DocumentLine.line)
        )
        return {**head._mapping, "lines": list(self.session.execute(lines))}

    def counts(self, page: PageRequest, *, state: CountState | None = None) -> Page[Row[Any]]:
        """Count sheets, newest first."""
        query = select(*Count.__table__.columns)
        if state is not None:
            query = query.where(Count.state == state)
        return fetch_page(self.session, query, _NEWEST_COUNT, page)

    def count(self, count_id: int) -> Row[Any]:
        """Raises `CountNotFound`."""
        row = self.session.execute(select(*Count.__table__.columns).where(Count.id == count_id)).first()
        if row is None:
            raise CountNotFound
        return row

    def count_lines(self, count_id: int, page: PageRequest, *, differing: bool = False) -> Page[Row[Any]]:
        """Lines of a sheet in order; `differing`: only where another figure was counted. Raises `CountNotFound`."""
        self.count(count_id)
        difference = (CountLine.counted - CountLine.book_at_count).label("difference")
        query = (
            select(*CountLine.__table__.columns, difference, Batch.batch_no, StockItem.sku_code, StockItem.title)
            .join(StockItem, StockItem.sku_id == CountLine.sku_id)
            .outerjoin(Batch, Batch.id == CountLine.batch_id)
            .where(CountLine.count_id == count_id)
        )
        if differing:
            query = query.where(CountLine.counted != CountLine.book_at_count)
        return fetch_page(self.session, query, _BY_LINE, page)

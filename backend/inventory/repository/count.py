"""Count sheets and their lines."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, insert, literal, select, update

from backend.inventory.domain.batch import Batch
from backend.inventory.domain.count import Count, CountLine
from backend.inventory.domain.error import CountNotFound
from backend.inventory.domain.stock import Stock, StockItem
from kit.db.changed import changed
from kit.db.error import RunAgain, duplicate_is
from kit.domain.identity import new_id
from kit.repository.base import Repository


class CountRepository(Repository[Count]):
    """Whoever changes a sheet has its lock."""

    entity = Count

    def hold(self, count_id: int) -> Count:
        """The sheet, nobody else changing it until the commit. Raises `CountNotFound`."""
        query = select(Count).where(Count.id == count_id).with_for_update()
        count = self.first(query.execution_options(populate_existing=True))
        if count is None:
            raise CountNotFound
        return count

    def freeze(
        self, count: Count, *, sku_ids: Collection[int] | None, shelf: str | None, most: int
    ) -> list[dict[str, Any]]:
        """The lines of a new sheet with what the books say now: one per SKU, one per batch where batches are tracked.

        At most `most` + 1 of them.
        """
        query = select(Stock.sku_id, Stock.on_hand, Stock.tracked).where(Stock.location_id == count.location_id)
        if sku_ids is not None:
            query = query.where(Stock.sku_id.in_(sku_ids))
        if shelf is not None:
            query = query.where(Stock.shelf == shelf)
        rows = self.session.execute(query.order_by(Stock.sku_id).limit(most + 1)).all()
        kept = self._kept([row.sku_id for row in rows])
        rows = [row for row in rows if row.sku_id in kept]
        tracked = [row.sku_id for row in rows if row.tracked]
        lines = [{"sku_id": row.sku_id, "batch_id": None, "book": row.on_hand} for row in rows if not row.tracked]
        if tracked:
            batches = select(Batch.sku_id, Batch.id, Batch.on_hand).where(
                Batch.sku_id.in_(tracked), Batch.location_id == count.location_id, Batch.on_hand > 0
            )
            ordered = batches.order_by(Batch.sku_id, Batch.id).limit(most + 1)
            lines += [
                {"sku_id": row.sku_id, "batch_id": row.id, "book": row.on_hand} for row in self.session.execute(ordered)
            ]
        return lines

    def _kept(self, sku_ids: Sequence[int]) -> set[int]:
        """Those of the SKUs that stock is kept of, and will be until the commit: no line is of one that is gone."""
        held = select(StockItem.sku_id).where(StockItem.sku_id.in_(sku_ids)).order_by(StockItem.sku_id)
        return set(self.session.scalars(held.with_for_update(read=True)))

    def write(self, count: Count, lines: Sequence[dict[str, Any]]) -> None:
        """A new sheet."""
        self.add(count)
        with duplicate_is(RunAgain()):  # somebody has just drawn the same number
            self.flush()
        same = {"count_id": count.id}
        numbered = [{"id": new_id(), "line": number} | same | line for number, line in enumerate(lines, 1)]
        self.session.execute(insert(CountLine), numbered)

    def lines(self, count_id: int, numbers: Collection[int] | None = None) -> list[Row[Any]]:
        """Lines of a sheet with their batch numbers, all or those of these numbers."""
        query = (
            select(*CountLine.__table__.columns, Batch.batch_no)
            .outerjoin(Batch, Batch.id == CountLine.batch_id)
            .where(CountLine.count_id == count_id)
        )
        if numbers is not None:
            query = query.where(CountLine.line.in_(numbers))
        return list(self.session.execute(query.order_by(CountLine.line)))

    def enter(self, count_id: int, figures: Mapping[int, dict[str, Any]], *, by: str, at: datetime) -> None:
        """Line → counted, book_at_count, corrected_at_count; one statement."""
        values: dict[str, Any] = {"counted_by": by, "counted_at": at}
        for name in ("counted", "book_at_count", "corrected_at_count"):
            column = getattr(CountLine, name)
            cases = {number: literal(figure[name], column.type) for number, figure in figures.items()}
            values[name] = case(cases, value=CountLine.line)
        chosen = update(CountLine).where(CountLine.count_id == count_id, CountLine.line.in_(figures))
        changed(self.session, chosen.values(values))

"""Stock-takes (盘点): a sheet, the counted figures, the differences, and one posting (ADR 0012)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from backend.inventory.domain.count import Count, CountState
from backend.inventory.domain.document import DocumentKind, new_number
from backend.inventory.domain.error import CountIncomplete, CountLineNotFound, NothingToCount, UnknownSku
from backend.inventory.domain.ledger import MovementKind
from backend.inventory.domain.movement import BatchRef, Key, Leg
from backend.inventory.domain.paper import Paper
from backend.inventory.repository.count import CountRepository
from backend.inventory.service.documents import Documents
from kit.domain.words import Words
from kit.service.transaction import transactional

MOST_LINES = 2000
_NAMED = 20
_NOT_COUNTED = Words("尚未盘点", "Not counted yet.")


@dataclass(frozen=True)
class BookFigure:
    """What the books say of a row or batch in one moment, and the sum of all corrections it ever had."""

    on_hand: int
    corrected: int


class Counting:
    """delta = counted - what the books said when it was counted - what has been corrected since."""

    def __init__(self, documents: Documents, counts: CountRepository) -> None:
        self.documents = documents
        self.counts = counts

    @transactional
    def open(
        self,
        *,
        location_id: int,
        sku_ids: Collection[int] | None,
        shelf: str | None,
        reason: str,
        operator: str,
        now: datetime,
    ) -> int:
        """A new sheet: of these SKUs, of a shelf, or of the whole location. Raises `NothingToCount`."""
        self.documents.locations.hold({location_id})
        count = Count(
            no=new_number(DocumentKind.COUNT, now=now),
            location_id=location_id,
            state=CountState.OPEN,
            reason=reason,
            operator=operator,
            created_at=now,
        )
        lines = self.counts.freeze(count, sku_ids=sku_ids, shelf=shelf, most=MOST_LINES)
        if not 0 < len(lines) <= MOST_LINES:
            raise NothingToCount(maximum=MOST_LINES)
        self.counts.write(count, lines)
        return count.id

    @transactional
    def enter(self, count_id: int, figures: Mapping[int, int], *, operator: str, now: datetime) -> None:
        """Line → counted units. Each is held against the books of this moment. Again replaces the figure.

        Raises `CountNotFound`, `CountNotOpen`, `CountLineNotFound`, `UnknownSku`.
        """
        count = self._open_count(count_id)
        lines = {row.line: row for row in self.counts.lines(count_id, list(figures))}
        if missing := sorted(figures.keys() - lines.keys()):
            raise CountLineNotFound.naming(*map(str, missing))
        books = self._books(count, list(lines.values()))
        self.counts.enter(
            count_id,
            {
                number: {
                    "counted": figures[number],
                    "book_at_count": books[number].on_hand,
                    "corrected_at_count": books[number].corrected,
                }
                for number in figures
            },
            by=operator,
            at=now,
        )

    @transactional
    def post(self, count_id: int, *, skip_uncounted: bool, operator: str, now: datetime) -> int:
        """Book the differences; the document's id. Of two at once one posts, the other meets `CountNotOpen`.

        Raises `CountNotFound`, `CountIncomplete`, `LocationArchived`, `GoodsPromised` where less would be left than was
        promised, and `BatchNeeded` or `BatchNotTracked` where tracking was switched since the sheet was made.
        """
        count = self._open_count(count_id)
        self.documents.locations.hold({count.location_id})
        lines = self.counts.lines(count_id)
        open_lines = [row for row in lines if row.counted is None]
        if open_lines and not skip_uncounted:
            named = {str(row.line): [_NOT_COUNTED] for row in open_lines[:_NAMED]}
            raise CountIncomplete(lines=len(open_lines), errors=named)
        count.end(CountState.POSTED, by=operator, at=now)
        self.counts.flush()
        counted = [row for row in lines if row.counted is not None]
        books = self._books(count, counted)
        legs = [leg for row in counted if (leg := _leg(count, row, books[row.line])).quantity]
        paper = Paper(lines=(), reason=count.reason, operator=operator, at=now, location_id=count.location_id)
        document = self.documents.begin(DocumentKind.COUNT, paper, source=f"count:{count.no}")
        return self.documents.finish(document, legs)

    @transactional
    def cancel(self, count_id: int, *, operator: str, now: datetime) -> None:
        """Give the sheet up. Raises `CountNotFound`, `CountNotOpen`."""
        self.counts.hold(count_id).end(CountState.CANCELLED, by=operator, at=now)

    def _open_count(self, count_id: int) -> Count:
        count = self.counts.hold(count_id)
        count.demand_open()
        return count

    def _books(self, count: Count, lines: list[Row[Any]]) -> dict[int, BookFigure]:
        """Line → what the books say of it, the stock rows held until the commit."""
        goods = self.documents.goods
        keys: set[Key] = {(row.sku_id, count.location_id) for row in lines}
        rows = goods.stock.lock(keys) if keys else {}
        if gone := sorted(keys - rows.keys()):
            # Forgotten in the moment the sheet was made.
            raise UnknownSku.naming(*(str(sku_id) for sku_id, _ in gone))
        batches = goods.batches.figures([row.batch_id for row in lines if row.batch_id is not None])
        found = {}
        for row in lines:
            if row.batch_id is not None:
                found[row.line] = BookFigure(*batches[row.batch_id])
            else:
                level = rows[row.sku_id, count.location_id]
                found[row.line] = BookFigure(level.on_hand, level.corrected)
        return found


def _leg(count: Count, row: Row[Any], book: BookFigure) -> Leg:
    # Goods that moved since are booked already and change nothing here; corrections since have found the same mistake.
    difference = row.counted - row.book_at_count - (book.corrected - row.corrected_at_count)
    batch = BatchRef(row.batch_no) if row.batch_no is not None else None
    return Leg(MovementKind.COUNT, row.sku_id, count.location_id, difference, line=row.line, batch=batch)

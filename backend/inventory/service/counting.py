"""Stock-takes (盘点): a sheet, the counted figures, the differences, and one posting (ADR 0012)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from backend.approval import facade as approval
from backend.inventory.domain.count import Count, CountState
from backend.inventory.domain.document import DocumentKind, new_number
from backend.inventory.domain.error import (
    CountIncomplete,
    CountLineNotFound,
    NothingCounted,
    NothingToCount,
    UnknownSku,
)
from backend.inventory.domain.ledger import MovementKind
from backend.inventory.domain.movement import BatchRef, Key, Leg
from backend.inventory.domain.paper import Paper
from backend.inventory.repository.count import CountRepository
from backend.inventory.service.documents import Documents
from kit.domain.words import Words
from kit.service.transaction import transactional

ACTION = "inventory.count.post"
MOST_LINES = 2000
_NAMED = 20
_NOT_COUNTED = Words("尚未盘点", "Not counted yet.")


@dataclass(frozen=True)
class BookFigure:
    """What the books say of a row or batch in one moment, and the sum of all corrections it ever had."""

    on_hand: int
    corrected: int


@dataclass(frozen=True)
class Difference:
    """What posting corrects in a line that was counted: `quantity` units, of a batch where batches are tracked."""

    line: int
    sku_id: int
    batch_no: str | None
    book_at_count: int
    counted: int
    quantity: int


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
        count.refigure()
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
    def ask(
        self, count_id: int, *, skip_uncounted: bool, operator: str, now: datetime, reason: str = ""
    ) -> approval.Submission:
        """Post it, or keep the posting until others agree; the result is the document's id.

        Raises what `post` and `approval.submit` do.
        """
        return approval.submit(
            action=ACTION,
            subject=f"count:{count_id}",
            subject_version=None,
            payload={"count_id": str(count_id), "skip_uncounted": skip_uncounted},
            actor=operator,
            reason=reason,
            now=now,
        )

    def version(self, count_id: int) -> int:
        """The sheet's, and how often the counted rows were corrected, held until the commit.

        Neither goes back: another figure, another correction of a counted row, or the end of the sheet is another sum.
        Raises `CountNotFound`, `LocationArchived`.
        """
        count = self.counts.hold(count_id)
        self.documents.locations.hold({count.location_id})
        keys: set[Key] = {(row.sku_id, count.location_id) for row in self._counted(count_id)}
        rows = self.documents.goods.stock.lock(keys) if keys else {}
        return count.version + sum(row.corrections for row in rows.values())

    def differences(self, count_id: int) -> list[Difference]:
        """What posting would correct now; lines that agree with the books are missing. Raises `CountNotFound`."""
        return self._differences(self.counts.hold(count_id), self._counted(count_id))

    @transactional
    def post(
        self, count_id: int, *, skip_uncounted: bool, operator: str, now: datetime, source: str | None = None
    ) -> int:
        """Book the differences; the document's id. Of two at once one posts, the other meets `CountNotOpen`.
        `source`: the approval it answers to. The movements name the sheet as their reference.

        Raises `CountNotFound`, `CountIncomplete`, `NothingCounted`, `LocationArchived`, `GoodsPromised` where less
        would be left than was promised, and `BatchNeeded` or `BatchNotTracked` where tracking was switched since the
        sheet was made.
        """
        count = self._open_count(count_id)
        self.documents.locations.hold({count.location_id})
        lines = self.counts.lines(count_id)
        open_lines = [row for row in lines if row.counted is None]
        if open_lines and not skip_uncounted:
            named = {str(row.line): [_NOT_COUNTED] for row in open_lines[:_NAMED]}
            raise CountIncomplete(lines=len(open_lines), errors=named)
        counted = [row for row in lines if row.counted is not None]
        if not counted:
            raise NothingCounted
        count.end(CountState.POSTED, by=operator, at=now)
        self.counts.flush()
        legs = [_leg(count, one) for one in self._differences(count, counted)]
        sheet = f"count:{count.no}"
        paper = Paper(
            lines=(),
            reason=count.reason,
            operator=operator,
            at=now,
            location_id=count.location_id,
            reference=sheet,
        )
        document = self.documents.begin(DocumentKind.COUNT, paper, source=source or sheet)
        return self.documents.finish(document, legs)

    @transactional
    def cancel(self, count_id: int, *, operator: str, now: datetime) -> None:
        """Give the sheet up. Raises `CountNotFound`, `CountNotOpen`."""
        self.counts.hold(count_id).end(CountState.CANCELLED, by=operator, at=now)

    def _open_count(self, count_id: int) -> Count:
        count = self.counts.hold(count_id)
        count.demand_open()
        return count

    def _counted(self, count_id: int) -> list[Row[Any]]:
        return [row for row in self.counts.lines(count_id) if row.counted is not None]

    def _differences(self, count: Count, counted: list[Row[Any]]) -> list[Difference]:
        books = self._books(count, counted)
        return [one for row in counted if (one := _difference(row, books[row.line])).quantity]

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


def _difference(row: Row[Any], book: BookFigure) -> Difference:
    # Goods that moved since are booked already and change nothing here; corrections since have found the same mistake.
    quantity = row.counted - row.book_at_count - (book.corrected - row.corrected_at_count)
    return Difference(row.line, row.sku_id, row.batch_no, row.book_at_count, row.counted, quantity)


def _leg(count: Count, one: Difference) -> Leg:
    batch = BatchRef(one.batch_no) if one.batch_no is not None else None
    return Leg(MovementKind.COUNT, one.sku_id, count.location_id, one.quantity, line=one.line, batch=batch)

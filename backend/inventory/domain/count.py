"""Stock-takes (盘点): a sheet freezes what the books say, people count, and the differences are posted once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.attributes import flag_modified

from backend.inventory.domain.error import CountNotOpen
from kit.db.types import BigId, Code, EnumText, UtcDateTime
from kit.domain.entity import Aggregate, Entity, Identified
from kit.domain.named import NamedEnum


class CountState(NamedEnum):
    """OPEN until it is posted or given up. Both are final."""

    OPEN = "open", "盘点中", "open"
    POSTED = "posted", "已过账", "posted"
    CANCELLED = "cancelled", "已取消", "cancelled"


class Count(Aggregate):
    """A count sheet (盘点单). Its version, which figures raise as well, lets one of two who post at once win."""

    __tablename__ = "inv_count"
    __table_args__ = (UniqueConstraint("no"), Index("ix_inv_count_state", "state", "id"))

    no: Mapped[str] = mapped_column(Code(32))
    location_id: Mapped[int] = mapped_column(BigId)
    state: Mapped[CountState] = mapped_column(EnumText(CountState, "state"))
    reason: Mapped[str] = mapped_column(String(200))
    operator: Mapped[str] = mapped_column(Code(40))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str | None] = mapped_column(Code(40))

    def can_end(self) -> bool:
        """Whether it still can be counted, posted or cancelled."""
        return self.state is CountState.OPEN

    def demand_open(self) -> None:
        """Raises `CountNotOpen`."""
        if not self.can_end():
            raise CountNotOpen(state=self.state)

    def refigure(self) -> None:
        """Figures are entered: the lines are rows of their own, the version is the sheet's."""
        flag_modified(self, "state")

    def end(self, state: CountState, *, by: str, at: datetime) -> None:
        """Posted or cancelled. Raises `CountNotOpen`."""
        self.demand_open()
        self.state, self.ended_by, self.ended_at = state, by, at


class CountLine(Identified, Entity):
    """What the books said, and what somebody counted, of one SKU (of one batch where batches are tracked).

    `book` is frozen with the sheet and only shown. The difference is counted - `book_at_count`: what the books said in
    the moment the figure was entered. `corrected_at_count` is the row's sum of corrections then (ADR 0012).
    """

    __tablename__ = "inv_count_line"
    __table_args__ = (
        UniqueConstraint("count_id", "line"),
        CheckConstraint("counted >= 0", name="counted_not_negative"),
    )

    count_id: Mapped[int] = mapped_column(BigId, ForeignKey("inv_count.id"))
    line: Mapped[int] = mapped_column(Integer)
    sku_id: Mapped[int] = mapped_column(BigId)
    batch_id: Mapped[int | None] = mapped_column(BigId)
    book: Mapped[int] = mapped_column(Integer)
    counted: Mapped[int | None] = mapped_column(Integer)
    book_at_count: Mapped[int | None] = mapped_column(Integer)
    corrected_at_count: Mapped[int | None] = mapped_column(BigInteger)
    counted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counted_by: Mapped[str | None] = mapped_column(Code(40))

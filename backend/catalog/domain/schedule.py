"""定时上下架: when a product goes on and off sale by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from backend.catalog.domain.error import ScheduleMalformed
from backend.catalog.domain.status import ProductStatus
from kit.db.types import UtcDateTime
from kit.domain.error import DomainError
from kit.domain.words import Words

_LONGEST_REASON = 300
_SCHEDULED = Words("设置定时上下架", "scheduled")
_PAST = Words("须晚于现在", "Must be in the future.")
_TOO_EARLY = Words("商品{status}，请先填写更早的 {field}", "A product that is {status} needs an earlier {field}.")


class Scheduled:
    """Mixin of `Product`: switches that are still to be made, by the clock or by a hand that is faster."""

    status: Mapped[ProductStatus]
    updated_at: Mapped[datetime]

    # 定时上下架; `due_at` is the earlier of the two that is still to come.
    on_sale_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    off_sale_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Why the last scheduled switch was not made, for staff; empty: nothing failed.
    schedule_error: Mapped[str] = mapped_column(String(300), default="")

    def put_on_sale(self, *, at: datetime) -> None:
        """The product's own verb."""
        raise NotImplementedError

    def take_off_sale(self, *, at: datetime) -> None:
        """The product's own verb."""
        raise NotImplementedError

    def _check_editable(self, wanted: Words) -> None:
        raise NotImplementedError

    def schedule(self, *, on_sale_at: datetime | None, off_sale_at: datetime | None, at: datetime) -> None:
        """定时上下架; None: nothing happens by itself. Raises `NotAllowedNow`, `ScheduleMalformed`."""
        self._check_editable(_SCHEDULED)
        check_schedule(self.status, on_sale_at, off_sale_at, at=at)
        self._schedule(on_sale_at, off_sale_at)
        self.updated_at = at

    def switch_due(self, *, at: datetime) -> bool:
        """Go on or off sale as scheduled, as often as its time has come. False when nothing was due.

        What is not possible is given up; `schedule_error` says why.
        """
        switches = [(self.on_sale_at, self._switch_on), (self.off_sale_at, self._switch_off)]
        due = [(moment, switch) for moment, switch in switches if moment is not None and moment <= at]
        for _, switch in sorted(due, key=lambda one: one[0]):
            switch(at)
        # The claim of the sweep has moved it.
        self._await_next()
        return bool(due)

    def _switch_on(self, at: datetime) -> None:
        try:
            self.put_on_sale(at=at)
        except DomainError as error:
            self._schedule(None, self.off_sale_at)
            self.schedule_error = reason_of(error)

    def _switch_off(self, at: datetime) -> None:
        try:
            self.take_off_sale(at=at)
        except DomainError as error:
            # The reason why it never came on sale is worth more than that it cannot come off.
            failed = self.schedule_error or reason_of(error)
            self._schedule(self.on_sale_at, None)
            self.schedule_error = failed

    def _schedule(self, on_sale_at: datetime | None, off_sale_at: datetime | None) -> None:
        self.on_sale_at, self.off_sale_at, self.schedule_error = on_sale_at, off_sale_at, ""
        self._await_next()

    def _await_next(self) -> None:
        self.due_at = min((moment for moment in (self.on_sale_at, self.off_sale_at) if moment), default=None)


def check_schedule(
    status: ProductStatus, on_sale_at: datetime | None, off_sale_at: datetime | None, *, at: datetime
) -> None:
    """Raises `ScheduleMalformed` unless both are to come and each finds the product in the state it leaves."""
    flaws = dict(_flaws(status, on_sale_at, off_sale_at, at))
    if flaws:
        raise ScheduleMalformed(errors=flaws)


def _flaws(
    status: ProductStatus, on_sale_at: datetime | None, off_sale_at: datetime | None, at: datetime
) -> Iterator[tuple[str, list[Words]]]:
    moments = {"on_sale_at": on_sale_at, "off_sale_at": off_sale_at}
    past = [name for name, moment in moments.items() if moment is not None and moment <= at]
    yield from ((name, [_PAST]) for name in past)
    first, second = moments.items() if status is not ProductStatus.ON_SALE else reversed(moments.items())
    if second[0] not in past and second[1] is not None and (first[1] is None or second[1] <= first[1]):
        yield second[0], [_TOO_EARLY.format(status=status, field=first[0])]


def reason_of(error: DomainError) -> str:
    """What staff read when a switch was not possible."""
    return f"{error.code}: {error.message('zh')} / {error.message('en')}"[:_LONGEST_REASON]

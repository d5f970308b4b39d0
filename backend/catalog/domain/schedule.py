"""定时上下架: when a product goes on and off sale by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from backend.catalog.domain.error import ScheduleMalformed
from backend.catalog.domain.status import ProductStatus
from kit.domain.error import DomainError

_LONGEST_REASON = 300


def check_schedule(
    status: ProductStatus, on_sale_at: datetime | None, off_sale_at: datetime | None, *, at: datetime
) -> None:
    """Raises `ScheduleMalformed` unless both are to come and each finds the product in the state it leaves."""
    flaws = dict(_flaws(status, on_sale_at, off_sale_at, at))
    if flaws:
        raise ScheduleMalformed(errors=flaws)


def _flaws(
    status: ProductStatus, on_sale_at: datetime | None, off_sale_at: datetime | None, at: datetime
) -> Iterator[tuple[str, list[str]]]:
    moments = {"on_sale_at": on_sale_at, "off_sale_at": off_sale_at}
    past = [name for name, moment in moments.items() if moment is not None and moment <= at]
    yield from ((name, ["must be in the future"]) for name in past)
    first, second = moments.items() if status is not ProductStatus.ON_SALE else reversed(moments.items())
    if second[0] not in past and second[1] is not None and (first[1] is None or second[1] <= first[1]):
        yield second[0], [f"a product that is {status} needs an earlier {first[0]}"]


def reason_of(error: DomainError) -> str:
    """What staff read when a switch was not possible."""
    return f"{error.code}: {error.message('zh')} / {error.message('en')}"[:_LONGEST_REASON]

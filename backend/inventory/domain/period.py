"""Which days a statistic covers."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from backend.inventory.domain.batch import SHOP_ZONE, end_of
from backend.inventory.domain.error import PeriodInvalid

LONGEST_DAYS = 92
_DEFAULT_DAYS = 30


def days(first: date | None, last: date | None, *, now: datetime) -> tuple[datetime, datetime]:
    """From the first day's midnight to the end of the last, both of the shop; open ends are today and 30 days.

    Raises `PeriodInvalid` for more than 92 days.
    """
    end = last or now.astimezone(SHOP_ZONE).date()
    begin = first or end - timedelta(days=_DEFAULT_DAYS - 1)
    if not 0 <= (end - begin).days < LONGEST_DAYS:
        raise PeriodInvalid.naming("first_day", days=LONGEST_DAYS)
    return datetime.combine(begin, time.min, SHOP_ZONE), end_of(end)

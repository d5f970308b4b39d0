"""Which days a report covers."""

from __future__ import annotations

from datetime import datetime, timedelta

from backend.reporting.domain.error import PeriodInvalid, PeriodTooLong

LONGEST = timedelta(days=90)


def period(placed_from: datetime | None, placed_to: datetime | None, *, now: datetime) -> tuple[datetime, datetime]:
    """From (inside) and to (outside); open ends are 90 days and `now`. Raises `PeriodInvalid`, `PeriodTooLong`."""
    end = min(placed_to or now, now)
    begin = placed_from or end - LONGEST
    if begin >= end:
        raise PeriodInvalid.naming("placed_from")
    if end - begin > LONGEST:
        raise PeriodTooLong.naming("placed_from", days=LONGEST.days)
    return begin, end

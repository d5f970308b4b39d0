"""The time at WeChat: Beijing time, always aware."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))

Clock = Callable[[], datetime]


def beijing_now() -> datetime:
    return datetime.now(BEIJING)


def rfc3339(moment: datetime) -> str:
    """`2018-06-08T10:34:56+08:00`."""
    return moment.astimezone(BEIJING).isoformat(timespec="seconds")

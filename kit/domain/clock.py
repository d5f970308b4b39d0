"""The clock. Services ask it once per use case and pass `now` on; the domain reads no clock."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Now, aware, in UTC, in whole milliseconds: what every database here can store unchanged."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)

"""What the timers may ask of order."""

from __future__ import annotations

from datetime import datetime

from backend.order.wiring import services


def close_unpaid(*, now: datetime) -> int:
    """Expire unpaid orders whose time is over; returns how many."""
    return services().cancellation.close_due(now=now)

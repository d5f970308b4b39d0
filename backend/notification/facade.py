"""What the timers may ask of notification. Both calls talk to WeChat: no transaction may be open."""

from __future__ import annotations

from datetime import datetime

from backend.notification.wiring import services


def send(*, delivery_id: int, now: datetime) -> None:
    """Try to send one delivery now; nothing happens when it is not due or somebody else is at it."""
    services().sending.send(delivery_id=delivery_id, now=now)


def send_due(*, now: datetime) -> int:
    """Try to send the deliveries that are due; returns how many."""
    return services().sending.send_due(now=now)

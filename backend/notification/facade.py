"""What the timers may ask of notification. They talk to WeChat or the post: no transaction may be open."""

from __future__ import annotations

from datetime import datetime

from backend.notification.wiring import services


def send(*, delivery_id: int, now: datetime) -> None:
    """Try to send one delivery now; nothing happens when it is not due or somebody else is at it."""
    services().sending.send(delivery_id=delivery_id, now=now)


def send_due(*, now: datetime) -> int:
    """Try to send the deliveries that are due; returns how many."""
    return services().sending.send_due(now=now)


def sweep(*, now: datetime) -> int:
    """Delete what was told long ago, in transactions of its own; returns how many rows."""
    return services().sweeping.sweep(now=now)


def mail_notice(*, notice_id: int, now: datetime) -> None:
    """Try to mail one notice to its member of staff now; nothing happens when it is not due."""
    services().mailing.send(delivery_id=notice_id, now=now)


def mail_due_notices(*, now: datetime) -> int:
    """Try to mail the notices that are due; returns how many."""
    return services().mailing.send_due(now=now)

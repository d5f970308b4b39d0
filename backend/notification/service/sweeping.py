"""Forgets what was told long ago: to buyers, and to staff whether or not they have read it."""

from __future__ import annotations

from datetime import datetime, timedelta

from backend.notification.repository.delivery import DeliveryRepository
from backend.notification.repository.notice import NoticeRepository
from kit.service.batches import SIZE, until_done


class Sweeping:
    """Longer than `kit.event.sweep.KEEP_HANDLED`: a fact that comes again until then finds what was sent."""

    def __init__(self, deliveries: DeliveryRepository, notices: NoticeRepository, *, keep: timedelta) -> None:
        self.deliveries = deliveries
        self.notices = notices
        self.keep = keep

    def sweep(self, *, now: datetime) -> int:
        """Delete what was sent or given up long ago, what waits never; returns how many rows."""
        before = now - self.keep
        return until_done(lambda: self.deliveries.forget_finished(before, limit=SIZE)) + until_done(
            lambda: self.notices.forget_finished(before, limit=SIZE)
        )

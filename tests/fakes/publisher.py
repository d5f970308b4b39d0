"""A broker that remembers what it took, and may break down."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from kit.event.bus import Delivery
from kit.event.message import Message
from kit.event.relay import BrokerDown


@dataclass
class FakePublisher:
    """Takes `room` messages (None: any number), then it is down."""

    room: int | None = None
    deliveries: list[Delivery] = field(default_factory=list)
    tasks: list[Message] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def publish_delivery(self, delivery: Delivery, *, message: Message) -> None:
        with self._lock:
            self._take()
            self.deliveries.append(delivery)

    def publish_task(self, message: Message) -> None:
        with self._lock:
            self._take()
            self.tasks.append(message)

    def _take(self) -> None:
        if self.room is not None:
            if self.room == 0:
                raise BrokerDown("not confirmed in time")
            self.room -= 1

    @property
    def event_ids(self) -> list[int]:
        """Ids of the delivered events, in order."""
        return [delivery.event_id for delivery in self.deliveries]

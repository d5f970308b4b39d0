"""A messenger inside the process: for tests, and for development without WeChat. Everybody has subscribed."""

from __future__ import annotations

from collections import deque

from backend.notification.domain.port import Message, NotDelivered
from kit.service.transaction import assert_no_transaction

_KEPT = 1000


class MemoryMessenger:
    """Keeps the last 1,000 messages. `fail_next` makes the next call fail, before or after its effect."""

    def __init__(self) -> None:
        self.sent: deque[Message] = deque(maxlen=_KEPT)
        self.calls = 0
        self._failures: list[tuple[NotDelivered, bool]] = []

    def fail_next(self, failure: NotDelivered, *, after_effect: bool = False) -> None:
        """Queue a failure for the next call."""
        self._failures.append((failure, after_effect))

    def send(self, message: Message) -> None:
        assert_no_transaction()
        self.calls += 1
        failure, after_effect = self._failures.pop(0) if self._failures else (None, True)
        if after_effect:
            self.sent.append(message)
        if failure is not None:
            raise failure

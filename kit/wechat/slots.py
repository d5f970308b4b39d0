"""Bounds how many threads of a process may wait for WeChat at once, so that a hung WeChat cannot take them all.

Two processes of eight threads would otherwise be full with sixteen impatient customers, and callbacks, which must be
answered within five seconds, would wait behind them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE_SECONDS = 1.0


class NoSlot(Exception):
    """Too many calls are under way; nothing was sent."""


class VendorSlots:
    """At most `slots` calls at once; a further one waits for a moment, then raises `NoSlot`."""

    def __init__(self, slots: int, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._free = threading.BoundedSemaphore(slots)
        self._patience_seconds = patience_seconds

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Hold a slot for one call."""
        if not self._free.acquire(timeout=self._patience_seconds):
            raise NoSlot
        try:
            yield
        finally:
            self._free.release()

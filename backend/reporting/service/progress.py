"""How far a run has come, told at most once a second."""

from __future__ import annotations

import time
from collections.abc import Callable

from backend.reporting.domain.failure import Failure, ReportRefused

_SECONDS_BETWEEN = 1.0
# Below the worker's time limit (task.app: 540 s), which would end the run without a word to whoever waits.
_LONGEST_SECONDS = 480.0


class Progress:
    """`tell` gets the percent, 0 to 99: the last one belongs to the hand-over."""

    def __init__(self, tell: Callable[[int], None], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._tell = tell
        self._clock = clock
        self._started = self._told = clock()

    def reached(self, rows: int, *, of: int) -> None:
        """So many rows are written. Raises what `tell` raises, and `ReportRefused` when it takes too long."""
        now = self._clock()
        if now - self._started > _LONGEST_SECONDS:
            raise ReportRefused(Failure.TOO_LONG)
        if now - self._told >= _SECONDS_BETWEEN:
            self._told = now
            self._tell(min(rows * 100 // max(of, 1), 99))

"""How far a run has come, told at most once a second."""

from __future__ import annotations

import time
from collections.abc import Callable

from kit.job.failure import TOO_LONG, JobRefused

_SECONDS_BETWEEN = 1.0
# Below the worker's time limit (task.app: 540 s), which would end the run without a word to whoever waits.
_LONGEST_SECONDS = 480.0


class Progress:
    """`tell` gets the percent, 0 to 99: the last one belongs to the hand-over."""

    def __init__(self, tell: Callable[[int], None], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._tell = tell
        self._clock = clock
        self._started = self._told = clock()

    @property
    def seconds(self) -> float:
        """How long this run has taken so far."""
        return self._clock() - self._started

    def reached(self, rows: int, *, of: int, percents: tuple[int, int] = (0, 100)) -> None:
        """So many rows of this part, the `percents` of the whole. Raises what `tell` raises, and `JobRefused`."""
        now = self._clock()
        if now - self._started > _LONGEST_SECONDS:
            raise JobRefused(TOO_LONG)
        if now - self._told >= _SECONDS_BETWEEN:
            self._told = now
            first, last = percents
            self._tell(min(first + rows * (last - first) // max(of, 1), 99))

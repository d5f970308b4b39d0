"""Much work in small transactions: locks stay short, and what a run leaves over the next one takes."""

from __future__ import annotations

from collections.abc import Callable

from kit.service.transaction import in_transaction

SIZE = 1000
_MOST = 200


def until_done(step: Callable[[], int], *, size: int = SIZE) -> int:
    """Repeat `step`, a transaction each, until it handles fewer than `size` rows; returns how many in all.

    `step` handles at most `size` rows and returns how many. At most 200 times, so that a run always ends.
    """
    handled = 0
    for _ in range(_MOST):
        batch = in_transaction(step)
        handled += batch
        if batch < size:
            break
    return handled

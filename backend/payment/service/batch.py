"""Works through due rows one by one: a row that fails, or a silent vendor, must not keep the others waiting."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from loguru import logger


def one_by_one(ids: Sequence[int], step: Callable[[int, datetime], bool], *, now: datetime) -> int:
    """Call `step(id, moment)` for each; returns how many were begun.

    The first `False` (the vendor does not answer) ends the batch: what is left is due again when its claim expires.
    `moment` goes on while the calls take their time, so that what is postponed is not due at once.
    """
    started = time.monotonic()
    for count, row_id in enumerate(ids, start=1):
        moment = now + timedelta(seconds=time.monotonic() - started)
        try:
            if not step(row_id, moment):
                return count
        except Exception:
            logger.exception("row {} could not be worked on; it comes back when its claim expires", row_id)
    return len(ids)

"""Which process runs on which core: servers on one, the load generator on another: neither takes from the other."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


def chosen() -> tuple[int, int | None]:
    """(the servers' core, the generator's core); None on a machine with a single one."""
    first, *others = sorted(os.sched_getaffinity(0))
    return first, others[0] if others else None


@contextmanager
def pinned(core: int | None) -> Iterator[None]:
    """Within the block this thread, and whatever it starts, runs on `core` alone; None leaves it free."""
    before = os.sched_getaffinity(0)
    if core is not None:
        os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)

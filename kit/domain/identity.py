"""63-bit, time-ordered ids made by the application, so that rows can be inserted in bulk and tables sharded.

Layout: 41 bits milliseconds since 2026-01-01 UTC (until 2095), 10 bits node, 12 bits sequence.
The node number is leased per process (`kit.db.node`); two processes never share one.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

EPOCH_MS = 1_767_225_600_000  # 2026-01-01T00:00:00Z
NODE_BITS = 10
SEQUENCE_BITS = 12
NODES = 1 << NODE_BITS
_SEQUENCE_MASK = (1 << SEQUENCE_BITS) - 1


def _wall_clock_ms() -> int:
    return time.time_ns() // 1_000_000


class IdGenerator:
    """Makes ids for one node. Thread-safe; never goes back even when the wall clock does."""

    def __init__(self, node: int, clock_ms: Callable[[], int] = _wall_clock_ms) -> None:
        if not 0 <= node < NODES:
            raise ValueError(f"node {node} is outside 0..{NODES - 1}")
        self.node = node
        self._clock_ms = clock_ms
        self._lock = threading.Lock()
        self._last_ms = 0
        self._sequence = 0

    def next(self) -> int:
        """The next id, greater than every id this generator made before."""
        with self._lock:
            now = max(self._clock_ms(), self._last_ms)
            if now == self._last_ms:
                self._sequence = (self._sequence + 1) & _SEQUENCE_MASK
                if self._sequence == 0:
                    # 4096 ids in this millisecond: borrow from the next one instead of waiting for it.
                    now += 1
            else:
                self._sequence = 0
            self._last_ms = now
            return ((now - EPOCH_MS) << (NODE_BITS + SEQUENCE_BITS)) | (self.node << SEQUENCE_BITS) | self._sequence


class NodeNotLeased(RuntimeError):
    """An id was asked for before this process had a node number."""


_generator: IdGenerator | None = None


def use_node(node: int | None) -> None:
    """Make ids as `node` from now on; None forgets the node (after a fork)."""
    global _generator  # noqa: PLW0603 - one per process: entities make their ids without being handed anything
    _generator = None if node is None else IdGenerator(node)


# A fork copies node and sequence: the child would repeat its parent's ids until it leases a node of its own.
os.register_at_fork(after_in_child=lambda: use_node(None))


def new_id() -> int:
    """A fresh id. Raises `NodeNotLeased` outside a use case of a process that never opened one."""
    if _generator is None:
        raise NodeNotLeased("no node number leased yet: ids are made inside @transactional use cases only")
    return _generator.next()

"""Things to do later: one thread that waits, a few that work."""

import heapq
import itertools
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Condition, Thread

log = logging.getLogger(__name__)


class Timetable:
    def __init__(self, workers: int = 16) -> None:
        self._entries: list[tuple[float, int, Callable[[], object]]] = []
        self._order = itertools.count()
        self._changed = Condition()
        self._stopped = False
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="simulator-later")
        self._thread = Thread(target=self._wait, name="simulator-timetable", daemon=True)
        self._thread.start()

    def after(self, seconds: float, action: Callable[[], object]) -> None:
        with self._changed:
            heapq.heappush(self._entries, (time.monotonic() + seconds, next(self._order), action))
            self._changed.notify()

    def clear(self) -> None:
        with self._changed:
            self._entries.clear()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify()
        self._thread.join()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _wait(self) -> None:
        with self._changed:
            while not self._stopped:
                if not self._entries:
                    self._changed.wait()
                    continue
                due_in = self._entries[0][0] - time.monotonic()
                if due_in > 0:
                    self._changed.wait(due_in)
                    continue
                _, _, action = heapq.heappop(self._entries)
                self._pool.submit(self._work, action)

    def _work(self, action: Callable[[], object]) -> None:
        try:
            action()
        except Exception:
            log.exception("a scheduled action failed")

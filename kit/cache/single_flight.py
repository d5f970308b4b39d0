"""Many threads want the same answer at once: one works, the others wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Shares one running piece of work per key among the threads of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flights: dict[str, Future[T]] = {}

    def do(self, key: str, work: Callable[[], T]) -> T:
        """The result of `work`, or of the run under `key` that is already under way; failures are shared too."""
        with self._lock:
            flight = self._flights.get(key)
            leads = flight is None
            if flight is None:
                flight = self._flights[key] = Future()
        if leads:
            self._fly(key, flight, work)
        return flight.result()

    def _fly(self, key: str, flight: Future[T], work: Callable[[], T]) -> None:
        try:
            result = work()
        except BaseException as error:
            self._land(key)
            flight.set_exception(error)
        else:
            self._land(key)
            flight.set_result(result)

    def _land(self, key: str) -> None:
        with self._lock:
            del self._flights[key]

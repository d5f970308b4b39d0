"""The load generator: a few connections that each do the next thing as soon as the last has ended (a closed loop).

Python and not wrk: an order flow carries ids, tokens and signatures from one answer to the next, and figures compare
only when one generator made them all. What it costs is written beside each figure (`generator_share`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from benchmarks.statistics import Slice

Step = Callable[[], None]
"""Does one thing that is counted; raises when it did not end well."""

WARM_UP_SECONDS = 0.3


def measure(scenario: str, number: int, steps: Sequence[Step], *, seconds: float) -> Slice:
    """Let every step of `steps` repeat in a thread of its own for `seconds`. Raises what the first failure raised."""
    latencies: list[list[float]] = [[] for _ in steps]
    failures: list[BaseException] = []
    begin = time.perf_counter() + WARM_UP_SECONDS
    end = begin + seconds

    def repeat(step: Step, own: list[float]) -> None:
        try:
            now = time.perf_counter()
            while now < end and not failures:
                step()
                then, now = now, time.perf_counter()
                if begin <= now <= end:
                    own.append(now - then)
        except BaseException as failure:  # raised again below, in the caller's thread
            failures.append(failure)

    threads = [threading.Thread(target=repeat, args=pair, daemon=True) for pair in zip(steps, latencies, strict=True)]
    busy, started = time.process_time(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    share = (time.process_time() - busy) / (time.perf_counter() - started)
    if failures:
        raise failures[0]
    return Slice(scenario, number, seconds, tuple(value for own in latencies for value in own), share)

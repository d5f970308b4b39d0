"""Runs the same moment on several threads, each with an application context and a session of its own."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask

PATIENCE_SECONDS = 60


def at_once(app: Flask, works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Results in order; an exception is a result. All start together behind a barrier."""
    barrier = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(index: int) -> None:
        with app.app_context():
            barrier.wait(PATIENCE_SECONDS)
            try:
                results[index] = works[index]()
            except Exception as error:
                results[index] = error

    threads = [
        threading.Thread(target=contextvars.Context().run, args=(run, index), daemon=True)
        for index in range(len(works))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive(), "a thread of the race hangs"
    return results

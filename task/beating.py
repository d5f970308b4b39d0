"""Where Celery's processes touch their heartbeat file: a worker while it consumes, beat at each look at its table."""

from __future__ import annotations

from typing import Any

from celery import bootsteps
from celery.beat import Scheduler
from celery.worker.consumer import Tasks

from task.heartbeat import beat

EVERY_SECONDS = 5.0


class WorkerHeartbeat(bootsteps.StartStopStep):  # type: ignore[misc]  # celery ships no types
    """Runs while the worker consumes and stops when it loses the broker: without work to get it is not healthy."""

    requires = (Tasks,)

    def __init__(self, consumer: Any, **_: Any) -> None:
        self._timer: Any = None

    def start(self, consumer: Any) -> None:
        file: str = consumer.app.heartbeat_file
        beat(file)
        if file:
            self._timer = consumer.timer.call_repeatedly(EVERY_SECONDS, beat, (file,))

    def stop(self, consumer: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class BeatingScheduler(Scheduler):  # type: ignore[misc]  # celery ships no types
    """In memory: a beat that restarts begins its intervals anew, and two of them are harmless."""

    def tick(self, *arguments: Any, **options: Any) -> Any:
        """Send what is due; returns seconds until the next look."""
        beat(self.app.heartbeat_file)
        return super().tick(*arguments, **options)

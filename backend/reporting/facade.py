"""What the worker and the timers may ask of reporting. Each opens transactions of its own."""

from __future__ import annotations

from datetime import datetime

from backend.reporting.wiring import services


def run_job(*, job_id: int) -> None:
    """Make one report; nothing happens when somebody else does, or has done so."""
    services().running.run(job_id=job_id)


def resume_jobs(*, now: datetime) -> int:
    """Ask again for jobs that were forgotten on their way; returns how many."""
    return services().running.resume(now=now)


def sweep(*, now: datetime) -> int:
    """Delete old files and jobs; returns how many."""
    return services().sweeping.sweep(now=now)

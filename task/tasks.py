"""Every task: a name, and one call. Names are stable: messages with them wait in queues across deployments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from celery import Celery

from backend.catalog import facade as catalog
from backend.notification import facade as notification
from backend.order import facade as order
from backend.payment import facade as payment
from backend.reporting import facade as reporting
from backend.user import facade as user
from kit.api.idempotency import sweep_claims
from kit.domain.clock import utc_now
from kit.event.sweep import sweep_delivered, sweep_handled

_TASKS: dict[str, Callable[..., None]] = {}


def _task(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    def remember(function: Callable[..., None]) -> Callable[..., None]:
        _TASKS[name] = function
        return function

    return remember


def register_tasks(celery: Celery) -> None:
    """Register all of them with `celery`."""
    for name, function in _TASKS.items():
        celery.task(function, name=name, shared=False)


@_task("catalog.relist_category")
def relist_category(*, category_id: int, **_: Any) -> None:
    catalog.relist_category(category_id=category_id)


@_task("notification.send")
def send_message(*, delivery_id: int, **_: Any) -> None:
    notification.send(delivery_id=delivery_id, now=utc_now())


@_task("notification.send_due")
def send_due_messages(**_: Any) -> None:
    notification.send_due(now=utc_now())


@_task("order.close_unpaid")
def close_unpaid(**_: Any) -> None:
    order.close_unpaid(now=utc_now())


@_task("payment.apply_notices")
def apply_notices(**_: Any) -> None:
    payment.apply_notices(now=utc_now())


@_task("payment.check_attempts")
def check_attempts(**_: Any) -> None:
    payment.check_attempts(now=utc_now())


@_task("payment.check_attempt")
def check_attempt(*, attempt_id: int, **_: Any) -> None:
    payment.check_attempt(attempt_id=attempt_id, now=utc_now())


@_task("payment.check_refunds")
def check_refunds(**_: Any) -> None:
    payment.check_refunds(now=utc_now())


@_task("payment.check_refund")
def check_refund(*, refund_id: int, **_: Any) -> None:
    payment.check_refund(refund_id=refund_id, now=utc_now())


@_task("payment.sweep_notices")
def sweep_notices(**_: Any) -> None:
    payment.sweep_notices(now=utc_now())


@_task("reporting.run_job")
def run_report_job(*, job_id: int, **_: Any) -> None:
    reporting.run_job(job_id=job_id)


@_task("reporting.resume_jobs")
def resume_report_jobs(**_: Any) -> None:
    reporting.resume_jobs(now=utc_now())


@_task("reporting.sweep")
def sweep_reports(**_: Any) -> None:
    reporting.sweep(now=utc_now())


@_task("kit.sweep_messages")
def sweep_messages(**_: Any) -> None:
    sweep_delivered(now=utc_now())
    sweep_handled(now=utc_now())


@_task("kit.sweep_claims")
def sweep_idempotency_claims(**_: Any) -> None:
    sweep_claims(now=utc_now())


@_task("user.sweep_sessions")
def sweep_sessions(**_: Any) -> None:
    user.sweep_sessions(now=utc_now())

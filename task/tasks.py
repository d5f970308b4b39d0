"""Every task: a name, and one call. Names are stable: messages with them wait in queues across deployments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from celery import Celery

from backend.approval import facade as approval
from backend.catalog import facade as catalog
from backend.inventory import facade as inventory
from backend.media import facade as media
from backend.notification import facade as notification
from backend.order import facade as order
from backend.payment import facade as payment
from backend.user import facade as user
from kit.api.idempotency import sweep_claims
from kit.domain.clock import utc_now
from kit.event.sweep import sweep_delivered, sweep_handled
from kit.job import wiring as jobs

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


@_task("media.make_variants")
def make_variants(*, file_id: int, **_: Any) -> None:
    media.make_variants(file_id=file_id)


@_task("media.resume")
def resume_media(**_: Any) -> None:
    media.resume(now=utc_now())


@_task("media.look_after")
def look_after_media(*, file_id: int, **_: Any) -> None:
    media.look_after(file_id=file_id, now=utc_now())


@_task("media.sweep")
def sweep_media(**_: Any) -> None:
    media.sweep(now=utc_now())


@_task("approval.expire_due")
def expire_approval_requests(**_: Any) -> None:
    approval.expire_due(now=utc_now())


@_task("catalog.switch_due")
def switch_due_products(**_: Any) -> None:
    catalog.switch_due(now=utc_now())


@_task("inventory.release_expired_holds")
def release_expired_holds(**_: Any) -> None:
    inventory.release_expired_holds(now=utc_now())


@_task("inventory.expire_batches")
def expire_batches(**_: Any) -> None:
    inventory.expire_batches(now=utc_now())


@_task("catalog.reindex_category")
def reindex_category(*, category_id: int, after: int, **_: Any) -> None:
    catalog.reindex_category(category_id=category_id, after=after)


@_task("catalog.flush_searches")
def flush_searches(**_: Any) -> None:
    catalog.flush_searches(now=utc_now())


@_task("catalog.learn_words")
def learn_words(**_: Any) -> None:
    catalog.learn_words(now=utc_now())


@_task("catalog.sweep_searches")
def sweep_searches(**_: Any) -> None:
    catalog.sweep_searches(now=utc_now())


@_task("catalog.relist_category")
def relist_category(*, category_id: int, **_: Any) -> None:
    catalog.relist_category(category_id=category_id)


@_task("notification.send")
def send_message(*, delivery_id: int, **_: Any) -> None:
    notification.send(delivery_id=delivery_id, now=utc_now())


@_task("notification.send_due")
def send_due_messages(**_: Any) -> None:
    notification.send_due(now=utc_now())


@_task("notification.mail_notice")
def mail_notice(*, notice_id: int, **_: Any) -> None:
    notification.mail_notice(notice_id=notice_id, now=utc_now())


@_task("notification.mail_due_notices")
def mail_due_notices(**_: Any) -> None:
    notification.mail_due_notices(now=utc_now())


@_task("notification.sweep")
def sweep_notifications(**_: Any) -> None:
    notification.sweep(now=utc_now())


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


@_task("kit.run_job")
@_task("reporting.run_job")  # its name until 0008: messages with it may still wait
def run_job(*, job_id: int, **_: Any) -> None:
    jobs.run_job(job_id=job_id)


@_task("kit.resume_jobs")
def resume_jobs(**_: Any) -> None:
    jobs.resume_jobs(now=utc_now())


@_task("kit.sweep_jobs")
def sweep_jobs(**_: Any) -> None:
    jobs.sweep_jobs(now=utc_now())


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

"""Celery beat's one table. A message that waited longer than its interval is dropped: the next does the same work."""

from __future__ import annotations

from typing import Any

from task.queues import TIMERS


def _every(seconds: float, task: str) -> dict[str, Any]:
    return {"task": task, "schedule": seconds, "options": {"expires": seconds, "queue": TIMERS}}


SCHEDULE: dict[str, dict[str, Any]] = {
    "close unpaid orders": _every(5, "order.close_unpaid"),
    "apply stored payment notices": _every(5, "payment.apply_notices"),
    "ask WeChat about payments without an answer": _every(5, "payment.check_attempts"),
    "submit and follow refunds": _every(10, "payment.check_refunds"),
    "expire approval requests": _every(5, "approval.expire_due"),
    "put products on and off sale": _every(5, "catalog.switch_due"),
    "send messages to buyers that are due": _every(10, "notification.send_due"),
    "mail notices to staff that are due": _every(10, "notification.mail_due_notices"),
    "resume forgotten jobs": _every(10, "kit.resume_jobs"),
    "sweep old jobs and their files": _every(3600, "kit.sweep_jobs"),
    "look after forgotten files": _every(60, "media.resume"),
    "sweep files that nobody uses": _every(3600, "media.sweep"),
    "release holds whose time is over": _every(5, "inventory.release_expired_holds"),
    "book batches that have expired": _every(5, "inventory.expire_batches"),
    "write down what customers searched for": _every(30, "catalog.flush_searches"),
    "learn words to suggest": _every(600, "catalog.learn_words"),
    "sweep old searches": _every(3600, "catalog.sweep_searches"),
    "sweep delivered messages": _every(600, "kit.sweep_messages"),
    "sweep old idempotency keys": _every(3600, "kit.sweep_claims"),
    "sweep old notices and messages": _every(3600, "notification.sweep"),
    "sweep applied payment notices": _every(3600, "payment.sweep_notices"),
    "sweep dead sessions": _every(3600, "user.sweep_sessions"),
}

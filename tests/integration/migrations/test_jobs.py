"""Reports that exist survive becoming jobs of the kit, and the way back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select

from backend.reporting.domain.wanted import WantedOrders
from kit.db.extension import db
from kit.db.types import UtcDateTime
from kit.job.job import Job, JobState

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
BEFORE = "0008-1"
MOMENTS = (
    "placed_from",
    "placed_to",
    "due_at",
    "leased_until",
    "mailing_at",
    "created_at",
    "started_at",
    "finished_at",
)
TEXTS = ("kind", "format", "owner", "email", "status", "state", "run", "active", "failure", "file_key")
NUMBERS = ("id", "buyer_id", "percent", "row_count", "runs", "slot", "version")
REPORTS = Table(
    "rpt_job",
    MetaData(),
    *[Column(name, Integer, primary_key=name == "id", autoincrement=False) for name in NUMBERS],
    *[Column(name, String(254)) for name in TEXTS],
    *[Column(name, UtcDateTime) for name in MOMENTS],
)
EMPTY: dict[str, Any] = {column.name: None for column in REPORTS.columns}
COMMON = EMPTY | {"percent": 0, "runs": 0, "created_at": AT, "version": 3}
DONE = COMMON | {
    "id": 2**62,
    "kind": "orders",
    "format": "xlsx",
    "owner": "staff:7",
    "status": "paid",
    "placed_from": datetime(2026, 10, 31, 16, tzinfo=UTC),
    "placed_to": datetime(2026, 11, 19, 16, 0, 0, 1000, tzinfo=UTC),
    "state": "done",
    "percent": 100,
    "row_count": 12,
    "runs": 1,
    "file_key": "0" * 32 + ".xlsx",
    "started_at": AT,
    "finished_at": AT + timedelta(seconds=3),
}
MAILING = COMMON | {
    "id": 41,
    "kind": "my_orders",
    "format": "csv",
    "owner": "member:9",
    "buyer_id": 9,
    "email": "lin@example.cn",
    "state": "running",
    "percent": 66,
    "runs": 2,
    "run": "a" * 32,
    "slot": 1,
    "active": "member:9",
    "due_at": AT,
    "leased_until": AT,
    "mailing_at": AT,
    "started_at": AT,
}
FAILED = COMMON | {
    "id": 43,
    "kind": "orders",
    "format": "csv",
    "owner": "staff:8",
    "placed_from": AT - timedelta(days=1),
    "placed_to": AT,
    "state": "failed",
    "failure": "too_many_rows",
    "finished_at": AT,
}


@pytest.fixture
def before(fresh_app: Flask) -> Flask:
    """A database as it was, with three reports."""
    upgrade(revision="0008")
    downgrade(revision=BEFORE)
    with db.engine.begin() as connection:
        connection.execute(insert(REPORTS), [DONE, MAILING, FAILED])
    return fresh_app


def test_reports_become_jobs_of_the_kit(before: Flask) -> None:
    upgrade(revision="0008")
    jobs = {job.id: job for job in db.session.scalars(select(Job))}
    assert set(jobs) == {2**62, 41, 43}
    done, mailing, failed = jobs[2**62], jobs[41], jobs[43]
    assert (done.kind, done.owner, done.state, done.percent) == ("reporting.orders", "staff:7", JobState.DONE, 100)
    assert WantedOrders.from_json(done.parameters) == WantedOrders(
        format="xlsx", status="paid", placed_from=DONE["placed_from"], placed_to=DONE["placed_to"]
    )
    assert (done.result, done.finished_at) == ({"rows": 12}, DONE["finished_at"])
    assert done.files == {"orders": {"key": DONE["file_key"], "filename": "订单-20261101-20261120.xlsx"}}
    assert (mailing.confidential, mailing.lost_as) == ({"email": "lin@example.cn"}, "mail_unknown")
    assert (mailing.active, mailing.slot) == ("reporting.my_orders/member:9", 1)
    assert mailing.hopeless() == "mail_unknown"
    assert (failed.failure, failed.files, failed.result, failed.confidential) == ("too_many_rows", {}, None, None)
    db.session.rollback()


def test_the_way_back_brings_the_same_reports(before: Flask) -> None:
    upgrade(revision="0008")
    downgrade(revision=BEFORE)
    with db.engine.connect() as connection:
        rows = [dict(row) for row in connection.execute(select(REPORTS).order_by(REPORTS.c.id)).mappings()]
    assert rows == [MAILING, FAILED, DONE]

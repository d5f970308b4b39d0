"""The staff's routes of reports."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.reporting.domain.failure import Failure
from backend.reporting.service.delivery import FILE
from backend.reporting.wiring import services
from kit.domain.clock import utc_now
from kit.job.wiring import run_job
from kit.mail.memory import MemoryMailer
from tests.factories.order import make_buyer, place
from tests.factories.reporting import ask, ask_by_mail, use_mailer
from tests.factories.statements import counted_statements
from tests.factories.user import make_staff, staff_headers
from tests.support.outbox import waiting_tasks
from tests.support.unchanged import nothing_changes

ORDERS, JOBS = "/admin/v1/reports/orders", "/admin/v1/reports/jobs"
PERMISSIONS = {"reporting:export", "reporting:read", "reporting:read_all"}
DOORS = [("POST", ORDERS, "reporting:export"), ("GET", JOBS, "reporting:read"), ("GET", f"{JOBS}/7", "reporting:read")]


@pytest.mark.parametrize(("method", "path", "permission"), DOORS)
def test_doors(
    app: Flask, client: FlaskClient, member: dict[str, str], method: str, path: str, permission: str
) -> None:
    with nothing_changes():
        assert client.open(path, method=method).status_code == 401
        assert client.open(path, method=method, headers=member).status_code == 401
    others = staff_headers(app, permissions=PERMISSIONS - {permission})
    refused = client.open(path, method=method, headers=others)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "auth.permission_missing")
    admitted = client.open(path, method=method, headers=staff_headers(app, permissions={permission}))
    assert admitted.status_code in (200, 404, 422)


def test_asking_following_and_fetching(client: FlaskClient, staff: dict[str, str], staff_id: int) -> None:
    no = place(make_buyer()).no
    asked = client.post(ORDERS, json={"format": "csv"}, headers=staff)
    queued = asked.get_json()
    assert asked.status_code == 202
    assert {key: queued[key] for key in ("owner", "state", "percent", "error", "download_url", "row_count")} == {
        "owner": f"staff:{staff_id}",
        "state": "queued",
        "percent": 0,
        "error": None,
        "download_url": None,
        "row_count": None,
    }
    assert waiting_tasks()[-1] == ("kit.run_job", {"job_id": int(queued["id"])})
    run_job(job_id=int(queued["id"]))
    done = client.get(f"{JOBS}/{queued['id']}", headers=staff).get_json()
    assert (done["state"], done["percent"], done["row_count"]) == ("done", 100, 1)
    fetched = client.get(done["download_url"], buffered=True)
    assert fetched.status_code == 200
    assert no.encode() in fetched.data


def test_the_same_key_makes_one_job(client: FlaskClient, staff: dict[str, str]) -> None:
    first = client.post(ORDERS, json={"format": "xlsx"}, headers=staff)
    with nothing_changes():
        again = client.post(ORDERS, json={"format": "xlsx"}, headers=staff)
        other = client.post(ORDERS, json={"format": "csv"}, headers=staff)
    assert (again.status_code, again.data) == (202, first.data)
    assert (other.status_code, other.get_json()["code"]) == (422, "kit.idempotency_key_reused")


def test_without_a_key_nothing_is_exported(client: FlaskClient, staff: dict[str, str]) -> None:
    del staff["Idempotency-Key"]
    with nothing_changes():
        answer = client.post(ORDERS, json={"format": "csv"}, headers=staff)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "kit.idempotency_key_missing")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "format"),
        ({"format": "pdf"}, "format"),
        ({"format": None}, "format"),
        ({"format": ["csv"]}, "format"),
        ({"format": "csv", "status": "gone"}, "status"),
        ({"format": "csv", "placed_from": "yesterday"}, "placed_from"),
        ({"format": "csv", "placed_from": "2026-11-01T00:00:00"}, "placed_from"),
        ({"format": "csv", "placed_to": "0001-01-01T00:00:00+14:00"}, "placed_to"),
        ({"format": "csv", "placed_to": "9999-12-31T23:59:59-14:00"}, "placed_to"),
        ({"format": "csv", "placed_to": 7}, "placed_to"),
        ({"format": "csv", "owner": "staff:1"}, "owner"),
    ],
)
def test_a_wish_of_another_shape_is_refused(
    client: FlaskClient, staff: dict[str, str], body: dict[str, Any], field: str
) -> None:
    with nothing_changes():
        answer = client.post(ORDERS, json=body, headers=staff)
    assert (answer.status_code, set(answer.get_json()["errors"])) == (422, {field})


@pytest.mark.parametrize(
    ("placed_from", "placed_to", "code"),
    [
        ("2026-01-01T00:00:00+08:00", "2026-04-02T00:00:00+08:00", "reporting.period_too_long"),
        ("2026-04-02T00:00:00+08:00", "2026-04-02T00:00:00+08:00", "reporting.period_invalid"),
        ("2099-01-01T00:00:00+08:00", None, "reporting.period_invalid"),
    ],
)
def test_a_period_without_end_or_sense_is_refused(
    client: FlaskClient, staff: dict[str, str], placed_from: str, placed_to: str | None, code: str
) -> None:
    body = {"format": "csv", "placed_from": placed_from} | ({"placed_to": placed_to} if placed_to else {})
    with nothing_changes():
        answer = client.post(ORDERS, json=body, headers=staff | {"Accept-Language": "en"})
    assert (answer.status_code, answer.get_json()["code"]) == (422, code)
    assert set(answer.get_json()["errors"]) == {"placed_from"}


def test_somebody_elses_report_is_not_there_unless_permitted(
    app: Flask, client: FlaskClient, staff: dict[str, str], staff_id: int
) -> None:
    job_id = ask(owner=f"staff:{staff_id}")
    stranger = staff_headers(app, permissions={"reporting:read", "reporting:export"})
    overseer = staff_headers(app, permissions={"reporting:read", "reporting:read_all"})
    answer = client.get(f"{JOBS}/{job_id}", headers=stranger)
    assert (answer.status_code, answer.get_json()["code"]) == (404, "reporting.not_found")
    assert client.get(JOBS, headers=stranger).get_json()["items"] == []
    assert client.get(f"{JOBS}/{job_id}", headers=overseer).status_code == 200
    assert [job["id"] for job in client.get(JOBS, headers=overseer).get_json()["items"]] == [str(job_id)]


def test_what_a_buyer_had_mailed_is_nobodys_business(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_mailer(monkeypatch, MemoryMailer())
    job_id = ask_by_mail(make_buyer(), "lin@example.cn")
    everything = staff_headers(app, permissions="all")
    assert client.get(f"{JOBS}/{job_id}", headers=everything).status_code == 404
    listed = client.get(JOBS, headers=everything)
    assert (listed.get_json()["items"], b"lin@example.cn" in listed.data) == ([], False)


def test_the_list_pages_by_cursor(client: FlaskClient, staff: dict[str, str], staff_id: int) -> None:
    made = [str(ask(owner=f"staff:{staff_id}")) for _ in range(5)]
    ask(owner="staff:1")
    first = client.get(JOBS, query_string={"limit": 3}, headers=staff).get_json()
    second = client.get(JOBS, query_string={"cursor": first["next_cursor"]}, headers=staff).get_json()
    assert [job["id"] for job in first["items"] + second["items"]] == made[::-1]
    assert (len(first["items"]), second["next_cursor"]) == (3, None)


@pytest.mark.parametrize("count", [1, 5, 20])
def test_a_list_takes_one_statement_beside_those_of_the_guard(app: Flask, client: FlaskClient, count: int) -> None:
    staff_id = make_staff({"reporting:read"})
    headers = staff_headers(app, staff_id)
    for _ in range(count):
        run_job(job_id=ask(owner=f"staff:{staff_id}"))
    with counted_statements() as statements:
        page = client.get(JOBS, headers=headers).get_json()
    assert [bool(job["download_url"]) for job in page["items"]] == [True] * count
    assert len([statement for statement in statements if "kit_job" in statement]) == 1


@pytest.mark.parametrize(
    ("language", "sentence"), [("zh", "订单过多，请缩小时间范围"), ("en", Failure.TOO_MANY_ROWS.en)]
)
def test_a_failed_report_says_why(
    client: FlaskClient,
    staff: dict[str, str],
    staff_id: int,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    sentence: str,
) -> None:
    place(make_buyer())
    monkeypatch.setattr(services().by_file, "most_rows", 0)
    job_id = ask(owner=f"staff:{staff_id}")
    run_job(job_id=job_id)
    job = client.get(f"{JOBS}/{job_id}", headers=staff | {"Accept-Language": language}).get_json()
    assert (job["state"], job["error"], job["download_url"]) == ("failed", sentence, None)


def test_after_a_day_there_is_no_link_any_more(staff_id: int) -> None:
    job_id, owner = ask(owner=f"staff:{staff_id}"), f"staff:{staff_id}"
    run_job(job_id=job_id)
    views = [services().query.job(job_id, owner=owner, now=utc_now() + timedelta(hours=age)) for age in (23, 24)]
    assert [FILE in view.files for view in views] == [True, False]


@pytest.mark.parametrize("job_id", ["0", "7", str(2**70), "x"])
def test_a_job_that_never_was_is_404(client: FlaskClient, staff: dict[str, str], job_id: str) -> None:
    assert client.get(f"{JOBS}/{job_id}", headers=staff).status_code == 404

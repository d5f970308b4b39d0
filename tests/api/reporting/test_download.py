"""The door behind signed links: the signature is the proof, and the only one."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from backend.reporting.service.delivery import FILE
from kit.domain.clock import utc_now
from kit.job.wiring import jobs, run_job
from kit.log.masking import masked
from kit.security.link import LinkSigner
from tests.factories.order import make_buyer, place
from tests.factories.reporting import ask, files
from tests.support.testapp import JWT_SECRET


@pytest.fixture
def job_id(app: Flask) -> int:
    """A finished XLSX report."""
    place(make_buyer())
    moments = {"placed_from": datetime(2026, 10, 31, 16, tzinfo=UTC), "placed_to": datetime(2026, 11, 30, tzinfo=UTC)}
    made = ask("xlsx", now=datetime(2026, 11, 30, tzinfo=UTC), **moments)
    run_job(job_id=made)
    return made


def link(job_id: int, *, age: timedelta = timedelta(0)) -> str:
    return f"/downloads/{jobs().downloading.token(job_id, FILE, now=utc_now() - age)}"


def test_the_file_is_an_attachment_that_nobody_guesses_about_or_keeps(client: FlaskClient, job_id: int) -> None:
    answer = client.get(link(job_id), buffered=True)
    assert answer.status_code == 200
    assert load_workbook(io.BytesIO(answer.data)).sheetnames == ["Sheet1"]
    name = quote("订单-20261101-20261130.xlsx")
    assert answer.headers["Content-Disposition"] == (
        f"attachment; filename=-20261101-20261130.xlsx; filename*=UTF-8''{name}"
    )
    assert answer.headers["Content-Type"].startswith("application/vnd.openxmlformats-officedocument")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_it_is_good_for_fifteen_minutes(client: FlaskClient, job_id: int) -> None:
    assert client.get(link(job_id, age=timedelta(minutes=14)), buffered=True).status_code == 200
    expired = client.get(link(job_id, age=timedelta(minutes=15)), headers={"Accept-Language": "en"})
    assert (expired.status_code, expired.get_json()["code"]) == (410, "kit.link_expired")
    assert set(expired.get_json()) == {"code", "message", "errors", "request_id"}


@pytest.mark.parametrize(
    "signer",
    [
        LinkSigner(secret="another secret of thirty-two characters", purpose="job"),
        LinkSigner(secret=JWT_SECRET, purpose="avatar"),
    ],
)
def test_a_link_signed_otherwise_opens_nothing(client: FlaskClient, job_id: int, signer: LinkSigner) -> None:
    answer = client.get(f"/downloads/{signer.issue(f'{job_id}/{FILE}', expires_at=utc_now() + timedelta(minutes=1))}")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "kit.link_invalid")


@pytest.mark.parametrize("token", ["x", "%00", quote("苹果"), "..%2f..%2fetc%2fpasswd", "a" * 3000, "WyI3IiwxXQ.x"])
def test_junk_opens_nothing(client: FlaskClient, job_id: int, token: str) -> None:
    answer = client.get(f"/downloads/{token}")
    assert answer.status_code == 404
    assert answer.get_json()["code"] in ("kit.link_invalid", "kit.not_found")


def test_an_access_token_is_no_link(client: FlaskClient, job_id: int, staff: dict[str, str]) -> None:
    token = staff["Authorization"].removeprefix("Bearer ")
    assert client.get(f"/downloads/{token}").status_code == 404
    assert (
        client.get("/admin/v1/reports/jobs", headers={"Authorization": f"Bearer {link(job_id)[11:]}"}).status_code
        == 401
    )


def test_a_swept_file_an_unfinished_job_and_a_forgotten_one_are_gone(client: FlaskClient, job_id: int) -> None:
    good = link(job_id)
    (file,) = files()
    file.unlink()
    for address in (good, link(ask()), link(4711)):
        answer = client.get(address)
        assert (answer.status_code, answer.get_json()["code"]) == (410, "kit.file_gone")


def test_no_log_keeps_a_link(job_id: int) -> None:
    line = f"GET {link(job_id)} 200 3.1 ms"
    assert masked(line) == "GET /downloads/<token> 200 3.1 ms"

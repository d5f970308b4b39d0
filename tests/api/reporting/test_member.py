"""A buyer asks for their own orders by mail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from conf.settings import HttpSettings
from kit.api.throttle import limiter
from kit.job.wiring import run_job
from kit.mail.memory import MemoryMailer
from kit.security.subject import SOURCE_KEY
from tests.factories.order import Buyer, make_buyer, place
from tests.factories.reporting import use_mailer
from tests.fakes.subjects import FakeSubjects
from tests.support.testapp import make_app, test_settings
from tests.support.unchanged import nothing_changes

EXPORT = "/api/v1/me/orders/export"
BODY = {"email": "lin@example.cn"}


@pytest.fixture
def mailer(app: Flask, monkeypatch: pytest.MonkeyPatch) -> MemoryMailer:
    """The post."""
    made = MemoryMailer()
    use_mailer(monkeypatch, made)
    return made


def test_the_mail_goes_where_the_buyer_said_with_their_orders_alone(
    client: FlaskClient, buyer: Buyer, member: dict[str, str], mailer: MemoryMailer
) -> None:
    mine, others = place(buyer).no, place(make_buyer()).no
    answer = client.post(EXPORT, json=BODY, headers=member)
    assert (answer.status_code, answer.get_json()["state"]) == (202, "queued")
    assert set(answer.get_json()) == {"id", "state", "created_at"}
    assert mailer.sent == []
    run_job(job_id=int(answer.get_json()["id"]))
    (mail,) = mailer.sent
    content = mail.attachments[0].content
    assert (mail.to, mine.encode() in content, others.encode() in content) == ("lin@example.cn", True, False)


def test_the_same_key_sends_one_mail_and_another_one_waits_its_turn(
    client: FlaskClient, member: dict[str, str], mailer: MemoryMailer
) -> None:
    first = client.post(EXPORT, json=BODY, headers=member)
    with nothing_changes():
        again = client.post(EXPORT, json=BODY, headers=member)
        second = client.post(EXPORT, json=BODY, headers=member | {"Idempotency-Key": "intent-number-2"})
    assert (again.status_code, again.data) == (202, first.data)
    assert (second.status_code, second.get_json()["code"]) == (409, "reporting.export_under_way")
    run_job(job_id=int(first.get_json()["id"]))
    third = client.post(EXPORT, json=BODY, headers=member | {"Idempotency-Key": "intent-number-3"})
    assert third.status_code == 202


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": None},
        {"email": 7},
        {"email": ["lin@example.cn"]},
        {"email": ""},
        {"email": "lin"},
        {"email": "lin@example.cn\r\nBcc: all@example.cn"},
        {"email": "lin@example.cn\nX: y"},
        {"email": "lin@example.cn,eve@example.cn"},
        {"email": "Lin <lin@example.cn>"},
        {"email": "a" * 250 + "@example.cn"},
        {"email": "lin@例子.cn"},
        {"email": "lin@example.cn\u0000"},
    ],
)
def test_an_address_that_is_none_is_refused(
    client: FlaskClient, member: dict[str, str], mailer: MemoryMailer, body: dict[str, Any]
) -> None:
    with nothing_changes():
        answer = client.post(EXPORT, json=body, headers=member)
    assert (answer.status_code, set(answer.get_json()["errors"])) == (422, {"email"})


def test_only_buyers_may(client: FlaskClient, staff: dict[str, str], mailer: MemoryMailer) -> None:
    with nothing_changes():
        assert client.post(EXPORT, json=BODY).status_code == 401
        assert client.post(EXPORT, json=BODY, headers=staff).status_code == 401


def test_without_a_key_or_a_mail_server_nothing_happens(client: FlaskClient, member: dict[str, str]) -> None:
    with nothing_changes():
        unset = client.post(EXPORT, json=BODY, headers=member)
        del member["Idempotency-Key"]
        missing = client.post(EXPORT, json=BODY, headers=member)
    assert (unset.status_code, unset.get_json()["code"]) == (503, "reporting.mail_not_configured")
    assert (missing.status_code, missing.get_json()["code"]) == (422, "kit.idempotency_key_missing")


@pytest.fixture
def throttled() -> Iterator[Flask]:
    """An application whose throttle works; the limiter is one for all, so it is put back."""
    before = dict(vars(limiter))
    yield make_app(test_settings(database_url="sqlite://", http=HttpSettings(rate_limits=True)))
    vars(limiter).clear()
    vars(limiter).update(before)


def test_a_buyer_is_throttled_and_no_other(throttled: Flask) -> None:
    subjects, client = FakeSubjects(), throttled.test_client()
    throttled.extensions[SOURCE_KEY] = subjects
    with throttled.app_context():
        mine, others = subjects.member(1), subjects.member(2)

    def ask(headers: dict[str, str]) -> tuple[int, str]:
        answer = client.post(EXPORT, json=BODY, headers=headers)  # without a key: refused before the database is asked
        return answer.status_code, answer.get_json()["code"]

    refused, limited = (422, "kit.idempotency_key_missing"), (429, "kit.too_many_requests")
    assert [ask(mine) for _ in range(6)] == [refused] * 5 + [limited]
    assert ask(others) == refused

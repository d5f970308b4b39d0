"""A buyer's own orders go out by mail: once, to the address they gave, with nobody else's orders in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from backend.reporting.domain.error import ExportUnderWay, MailNotConfigured
from backend.reporting.domain.failure import Failure
from backend.reporting.wiring import services
from kit.domain.clock import utc_now
from kit.job.job import LEASE, MOST_RUNS, JobState
from kit.job.wiring import jobs, run_job
from kit.mail.memory import MemoryMailer
from kit.mail.null import NullMailer
from kit.mail.port import MailDeferred, MailOutcomeUnknown
from kit.mail.smtp import SmtpMailer
from tests.factories.order import Buyer, make_buyer, place
from tests.factories.reporting import ask_by_mail, files, job_row, use_mailer
from tests.support.outbox import waiting_tasks
from tests.support.post_office import PostOffice, post_office
from tests.support.unchanged import nothing_changes


@pytest.fixture
def buyer(app: Any) -> Buyer:
    """With an order, among others."""
    made, other = make_buyer(), make_buyer()
    place(made)
    place(other)
    return made


@pytest.fixture
def office(buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    """A real SMTP server, which the application uses."""
    with post_office() as opened:
        use_mailer(monkeypatch, SmtpMailer(opened.server()))
        yield opened


@pytest.fixture
def mailer(buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> MemoryMailer:
    """A post that fails when it is told to."""
    made = MemoryMailer()
    use_mailer(monkeypatch, made)
    return made


def test_the_buyer_gets_a_mail_with_their_orders_and_nobody_elses(office: PostOffice, buyer: Buyer) -> None:
    mine = place(buyer).no
    job_id = ask_by_mail(buyer)
    run_job(job_id=job_id)
    (mail,) = office.mails
    (attached,) = mail.iter_attachments()
    content = attached.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert content.startswith(b"\xef\xbb\xbf")
    headings, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert mine in {row[0] for row in rows}
    assert len(rows) == 2
    assert not {"买家编号", "微信支付单号"} & set(headings)
    assert (mail["To"], attached.get_filename()) == ("lin@example.cn", "我的订单.csv")
    assert mail["Message-ID"] == f"<report-{job_id}@example.cn>"
    job = job_row(job_id)
    assert (job.state, job.result, job.confidential, job.active, job.files) == (
        JobState.DONE,
        {"rows": 2},
        None,
        None,
        {},
    )
    assert files() == []


def test_told_again_it_sends_no_second_mail(office: PostOffice, buyer: Buyer) -> None:
    job_id = ask_by_mail(buyer)
    run_job(job_id=job_id)
    with nothing_changes():
        run_job(job_id=job_id)
    assert len(office.mails) == 1


def test_one_at_a_time(office: PostOffice, buyer: Buyer) -> None:
    job_id = ask_by_mail(buyer)
    with nothing_changes(), pytest.raises(ExportUnderWay):
        ask_by_mail(buyer)
    other = make_buyer()
    ask_by_mail(other)
    run_job(job_id=job_id)
    ask_by_mail(buyer)


def test_a_refused_mail_ends_the_job(office: PostOffice, buyer: Buyer) -> None:
    office.rcpt_answer = "550 no such user"
    job_id = ask_by_mail(buyer)
    run_job(job_id=job_id)
    assert (job_row(job_id).state, job_row(job_id).failure) == (JobState.FAILED, Failure.MAIL_REFUSED)


def test_a_mail_put_off_is_tried_again_later(office: PostOffice, buyer: Buyer) -> None:
    office.answers = ["451 try later"]
    job_id = ask_by_mail(buyer)
    run_job(job_id=job_id)
    job = job_row(job_id)
    assert (job.state, job.lost_as, job.confidential) == (JobState.QUEUED, None, {"email": "lin@example.cn"})
    assert waiting_tasks()[-1] == ("kit.run_job", {"job_id": job_id})
    run_job(job_id=job_id)
    assert (job_row(job_id).state, len(office.mails)) == (JobState.DONE, 1)


def test_trying_ends(mailer: MemoryMailer, buyer: Buyer) -> None:
    mailer.failures = [MailDeferred("no connection")] * (MOST_RUNS + 1)
    job_id = ask_by_mail(buyer)
    for _ in range(MOST_RUNS + 2):
        run_job(job_id=job_id)
    assert (job_row(job_id).state, job_row(job_id).failure) == (JobState.FAILED, Failure.MAIL_UNREACHABLE)
    assert len(mailer.failures) == 1


@pytest.mark.parametrize("failure", [MailOutcomeUnknown("broke off"), RuntimeError("a bug")])
def test_a_mail_of_unknown_fate_is_never_sent_again(mailer: MemoryMailer, buyer: Buyer, failure: Exception) -> None:
    mailer.failures = [failure]
    job_id = ask_by_mail(buyer)
    for _ in range(3):
        run_job(job_id=job_id)
    assert (job_row(job_id).state, job_row(job_id).failure) == (JobState.FAILED, Failure.MAIL_UNKNOWN)
    assert mailer.sent == []


class _Killed(BaseException):
    """As if the process were gone."""


def test_a_worker_that_dies_after_the_mail_is_not_followed_by_a_second_mail(
    mailer: MemoryMailer, buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = ask_by_mail(buyer)
    send = mailer.send

    def send_and_die(mail: Any) -> None:
        send(mail)
        raise _Killed

    monkeypatch.setattr(mailer, "send", send_and_die)
    with pytest.raises(_Killed):
        run_job(job_id=job_id)
    monkeypatch.setattr(jobs().running, "clock", lambda: utc_now() + LEASE + timedelta(seconds=1))
    run_job(job_id=job_id)
    assert len(mailer.sent) == 1
    assert (job_row(job_id).state, job_row(job_id).failure) == (JobState.FAILED, Failure.MAIL_UNKNOWN)


def test_more_orders_than_a_mail_may_hold(mailer: MemoryMailer, buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services().by_mail, "most_rows", 0)
    job_id = ask_by_mail(buyer)
    run_job(job_id=job_id)
    assert job_row(job_id).failure == Failure.TOO_MANY_ROWS
    assert mailer.sent == []


def test_without_a_mail_server_nobody_is_promised_a_mail(buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    use_mailer(monkeypatch, NullMailer())
    with nothing_changes(), pytest.raises(MailNotConfigured):
        ask_by_mail(buyer)

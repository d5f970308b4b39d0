"""Whoever a request concerns is told once, in the back office and by mail where an address is known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from backend.approval.domain.error import RequestStale
from backend.approval.service.query import Viewer
from backend.approval.wiring import services as approval
from backend.notification.domain.notice import Notice, NoticeKind
from backend.notification.domain.trying import DELAYS, DeliveryState
from backend.user.domain.customer import Customer
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.mail.null import NullMailer
from kit.mail.port import MailDeferred, MailOutcomeUnknown, MailRefused
from kit.service.transaction import in_transaction
from tests.factories.approval import Office, Rename, approve, make_member, make_rule, plugged_in, reject, take_roles
from tests.factories.notification import Desk, deliver
from tests.factories.user import make_staff
from tests.support.fresh import fresh_session
from tests.support.outbox import events, settle, waiting_tasks
from tests.support.unchanged import nothing_changes


@pytest.fixture
def office(app: Flask) -> Iterator[Office]:
    with plugged_in(Rename()):
        yield Office()


def told(kind: NoticeKind | None = None) -> list[Notice]:
    fresh_session()
    query = select(Notice).order_by(Notice.id)
    found = db.session.scalars(query if kind is None else query.where(Notice.kind == kind)).all()
    db.session.expunge_all()
    return list(found)


def who(kind: NoticeKind) -> list[int]:
    return sorted(notice.staff_id for notice in told(kind))


def mails() -> list[int]:
    return [payload["notice_id"] for name, payload in waiting_tasks() if name == "notification.mail_notice"]


def test_whoever_may_decide_hears_of_it_and_then_the_next_step(desk: Desk, office: Office) -> None:
    both = make_member(office.manager_role, office.owner_role)
    make_rule(office.manager_role, office.owner_role)
    asked = office.asked()
    settle()
    assert who(NoticeKind.APPROVAL_REQUESTED) == sorted([office.manager, office.deputy, both])
    approve(asked, both)
    settle()
    second = [notice.staff_id for notice in told(NoticeKind.APPROVAL_REQUESTED) if notice.occasion.endswith(":2")]
    assert second == [office.owner]
    approve(asked, office.owner, step=2)
    settle()
    (granted,) = told(NoticeKind.APPROVAL_GRANTED)
    assert (granted.staff_id, granted.reference) == (office.clerk, f"approval_request:{asked}")
    assert (granted.zh, granted.en) == ("“改名”已通过并生效：老名字", "Approved and done: “Rename”: 老名字")


def test_the_requester_is_not_asked_even_with_the_role(desk: Desk, office: Office) -> None:
    make_rule(office.manager_role)
    office.asked(by=office.manager)
    settle()
    assert who(NoticeKind.APPROVAL_REQUESTED) == [office.deputy]


def test_each_end_reaches_both_sides(desk: Desk, office: Office) -> None:
    make_rule(office.manager_role, hours=1)
    deciders = sorted([office.manager, office.deputy])
    rejected, withdrawn, stale, expired = (office.asked() for _ in range(4))
    settle()
    reject(rejected, office.manager)
    viewer = Viewer(office.clerk, frozenset(), False)
    approval().following.withdraw(withdrawn, viewer=viewer, comment="", now=utc_now())
    office.rename_behind()
    with pytest.raises(RequestStale):
        approve(stale, office.manager)
    approval().following.expire_due(now=utc_now() + timedelta(hours=2))
    settle()
    assert who(NoticeKind.APPROVAL_REJECTED) == [office.clerk]
    assert who(NoticeKind.APPROVAL_WITHDRAWN) == deciders
    assert who(NoticeKind.APPROVAL_STALE) == who(NoticeKind.APPROVAL_EXPIRED) == sorted([office.clerk, *deciders])
    assert {notice.reference for notice in told(NoticeKind.APPROVAL_EXPIRED)} == {f"approval_request:{expired}"}


def test_what_somebody_did_directly_is_no_news(desk: Desk, office: Office) -> None:
    make_rule(office.manager_role)
    office.ask(by=make_staff({"approval:act_directly"}))
    settle()
    assert told() == []


def test_the_same_fact_again_and_one_that_comes_too_late_tell_nothing(desk: Desk, office: Office) -> None:
    make_rule(office.manager_role)
    asked = office.asked()
    settle()
    (fact,) = events("approval.requested")
    with nothing_changes(but={"kit_inbox"}):
        deliver("notification.ask_deciders", "approval.requested", fact)
    late = office.asked()
    reject(late, office.manager)
    settle()
    assert {notice.reference for notice in told(NoticeKind.APPROVAL_REQUESTED)} == {f"approval_request:{asked}"}


def test_who_has_an_address_gets_a_mail(desk: Desk, office: Office) -> None:
    reachable = make_member(office.manager_role, email="chen@example.cn")
    make_rule(office.manager_role)
    asked = office.asked()
    settle()
    notices = {notice.staff_id: notice for notice in told()}
    assert notices[office.manager].state is DeliveryState.SKIPPED
    assert notices[office.manager].last_answer == "no address known"
    assert mails() == [notices[reachable].id]

    desk.services.mailing.send(delivery_id=notices[reachable].id, now=utc_now())

    (mail,) = desk.mailer.sent
    assert (mail.to, mail.subject) == ("chen@example.cn", "小店 · 待您审批 Approval needed")
    assert "请您审批" in mail.text
    assert f"approval_request:{asked}" in mail.text
    assert {notice.staff_id: notice for notice in told()}[reachable].state is DeliveryState.SENT
    assert desk.services.mailing.send_due(now=utc_now()) == 0


def _one_mail(office: Office) -> Notice:
    reachable = make_member(office.manager_role, email="chen@example.cn")
    make_rule(office.manager_role)
    office.asked()
    settle()
    (notice,) = [notice for notice in told() if notice.staff_id == reachable]
    return notice


@pytest.mark.parametrize("failure", [MailDeferred("busy"), MailOutcomeUnknown("?")])
def test_a_mail_that_may_not_have_arrived_is_tried_again(desk: Desk, office: Office, failure: Exception) -> None:
    notice, began = _one_mail(office), utc_now()
    desk.mailer.failures.append(failure)
    with nothing_changes(but={"ntf_notice"}):
        assert desk.services.mailing.send_due(now=began) == 1
    assert desk.services.mailing.send_due(now=began) == 0
    assert desk.services.mailing.send_due(now=began + 2 * DELAYS[0]) == 1
    assert [mail.reference for mail in desk.mailer.sent] == [f"notice-{notice.id}"]


def test_a_mail_that_is_refused_has_failed(desk: Desk, office: Office) -> None:
    notice = _one_mail(office)
    desk.mailer.failures.append(MailRefused("no such mailbox"))
    desk.services.mailing.send(delivery_id=notice.id, now=utc_now())
    (failed,) = [one for one in told() if one.id == notice.id]
    assert (failed.state, failed.last_answer) == (DeliveryState.FAILED, "no such mailbox")


def test_an_address_taken_away_meanwhile_gets_nothing(desk: Desk, office: Office) -> None:
    from backend.user.wiring import services as user  # noqa: PLC0415

    notice = _one_mail(office)
    in_transaction(lambda: user().staff.get(notice.staff_id).set_email(None))
    desk.services.mailing.send(delivery_id=notice.id, now=utc_now())
    assert desk.mailer.sent == []


def test_without_a_mail_server_every_notice_says_so(
    desk: Desk, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.services.noticing.telling, "mailer", NullMailer())
    assert _one_mail(office).last_answer == "no mail server configured"
    assert mails() == []


@pytest.mark.parametrize("name", ["米\r\nBcc: all@example.cn", "{who}{0}{title.__class__}", "\u202eevil", "x" * 32])
def test_hostile_titles_stay_in_one_line(desk: Desk, office: Office, name: str) -> None:
    def rename() -> None:
        customer = db.session.get(Customer, office.customer)
        assert customer is not None
        customer.nickname = name

    in_transaction(rename)
    notice = _one_mail(office)
    assert "\n" not in notice.zh + notice.en
    desk.services.mailing.send(delivery_id=notice.id, now=utc_now())
    (mail,) = desk.mailer.sent
    assert mail.subject == "小店 · 待您审批 Approval needed"


def test_a_decider_who_lost_the_role_is_not_asked(desk: Desk, office: Office) -> None:
    make_rule(office.manager_role)
    office.asked()
    take_roles(office.manager)
    settle()
    assert who(NoticeKind.APPROVAL_REQUESTED) == [office.deputy]


def test_a_reaction_that_fails_leaves_nothing_behind(
    desk: Desk, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_rule(office.manager_role)
    office.asked()
    (fact,) = events("approval.requested")

    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("backend.notification.service.telling.Notice.book", broken)
    with nothing_changes(), pytest.raises(ZeroDivisionError):
        deliver("notification.ask_deciders", "approval.requested", fact)

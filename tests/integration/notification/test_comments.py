"""What somebody says about a request reaches the other side, once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from backend.approval.service.query import Viewer
from backend.approval.wiring import services as approval
from backend.notification.domain.notice import Notice, NoticeKind
from kit.db.extension import db
from kit.domain.clock import utc_now
from tests.factories.approval import Office, Rename, approve, make_member, make_rule, plugged_in, reject
from tests.factories.notification import Desk, deliver
from tests.factories.statements import counted_statements
from tests.support.fresh import fresh_session
from tests.support.outbox import events, settle
from tests.support.unchanged import nothing_changes


@pytest.fixture
def office(app: Flask) -> Iterator[Office]:
    with plugged_in(Rename()):
        yield Office()


def say(request_id: int, by: int, text: str = "为什么？") -> None:
    approval().following.comment(request_id, viewer=Viewer(by, frozenset(), True), text=text, now=utc_now())


def heard() -> list[Notice]:
    """The notices of comments, the oldest first."""
    fresh_session()
    query = select(Notice).where(Notice.kind == NoticeKind.APPROVAL_COMMENTED).order_by(Notice.id)
    found = list(db.session.scalars(query))
    db.session.expunge_all()
    return found


def hearers() -> list[int]:
    return sorted(notice.staff_id for notice in heard())


@pytest.mark.parametrize("who", ["a decider", "an onlooker"])
def test_what_somebody_else_says_reaches_the_requester(desk: Desk, office: Office, who: str) -> None:
    make_rule(office.manager_role)
    asked = office.asked()
    author = office.manager if who == "a decider" else office.owner
    say(asked, author)
    settle()
    (notice,) = heard()
    assert (notice.staff_id, notice.reference) == (office.clerk, f"approval_request:{asked}")
    assert notice.zh.startswith("同事 colleague-")
    assert notice.zh.endswith(" 评论了“改名”（老名字）：为什么？")
    assert notice.en.endswith(" commented on “Rename” (老名字): 为什么？")


def test_what_the_requester_says_reaches_who_may_decide_at_the_open_step(desk: Desk, office: Office) -> None:
    both = make_member(office.manager_role, office.owner_role)
    make_rule(office.manager_role, office.owner_role)
    asked = office.asked()
    say(asked, office.clerk)
    settle()
    assert hearers() == sorted([office.manager, office.deputy, both])
    approve(asked, both)
    say(asked, office.clerk, "第二步")
    settle()
    assert [notice.staff_id for notice in heard() if "第二步" in notice.zh] == [office.owner]


def test_the_author_never_hears_themselves(desk: Desk, office: Office) -> None:
    make_rule(office.manager_role)
    asked = office.asked(by=office.manager)
    say(asked, office.manager)
    settle()
    assert hearers() == [office.deputy]


def test_after_the_end_others_still_reach_the_requester_who_reaches_nobody(desk: Desk, office: Office) -> None:
    make_rule(office.manager_role)
    asked = office.asked()
    reject(asked, office.manager)
    say(asked, office.clerk)
    settle()
    assert hearers() == []
    say(asked, office.deputy)
    settle()
    assert hearers() == [office.clerk]


def test_each_comment_is_told_once(desk: Desk, office: Office) -> None:
    make_rule(office.manager_role)
    asked = office.asked()
    say(asked, office.manager)
    say(asked, office.manager)
    settle()
    assert hearers() == [office.clerk, office.clerk]
    fact, _ = events("approval.commented")
    with nothing_changes(but={"kit_inbox"}):
        deliver("notification.tell_comment", "approval.commented", fact)


@pytest.mark.parametrize("text", ["长" * 500, "{who}{0}{text.__class__}", "a\r\nBcc: all@example.cn", "\u200b"])
def test_whatever_is_said_fits_in_one_line(desk: Desk, office: Office, text: str) -> None:
    make_rule(office.manager_role)
    asked = office.asked()
    say(asked, office.manager, text)
    settle()
    (notice,) = heard()
    assert "\n" not in notice.zh + notice.en
    assert max(len(notice.zh), len(notice.en)) < 400
    assert ("…" in notice.zh) is (len(text) == 500)


@pytest.mark.parametrize("before", [1, 5, 20])
def test_it_takes_the_same_statements_however_much_was_said_before(desk: Desk, office: Office, before: int) -> None:
    make_rule(office.manager_role)
    asked = office.asked()
    for _ in range(before):
        say(asked, office.manager)
    settle()
    say(asked, office.manager)
    with counted_statements() as statements:
        deliver("notification.tell_comment", "approval.commented", events("approval.commented")[-1])
    # The inbox; comment and author; request, steps, who may decide; who hears; the notice. And the event as read here.
    assert len(statements) == 9

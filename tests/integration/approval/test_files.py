"""Uploaded files of a waiting change: in use until it is decided, whoever sweeps or deletes meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from backend.approval import facade as approval
from backend.approval.domain.error import ApplyRefused, RequestStale
from backend.approval.wiring import services
from backend.media import facade as media
from backend.media.domain.error import MediaInUse
from backend.media.wiring import services as media_services
from kit.domain.clock import utc_now
from kit.storage.port import new_key
from tests.factories.approval import NameForbidden, Office, approve, make_rule, reject, state_of
from tests.factories.media import counted_right, row_of, storage, upload, uses_of
from tests.factories.statements import counted_statements
from tests.support.unchanged import nothing_changes

KEEP = timedelta(days=30)
LATER = timedelta(days=400)
HELD = ("apr_request", "apr_request_step", "apr_history", "kit_outbox", "med_file", "med_use")


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage(), "folder", tmp_path / "media")


@pytest.fixture
def file(app: Flask) -> Any:
    """An upload of long ago that nobody shows."""
    return upload(now=utc_now() - KEEP - timedelta(hours=1))


def asked_with(office: Office, *files: Any, **more: Any) -> int:
    """A pending request whose payload mentions them."""
    return office.asked(pictures=[f"media:{file.key}" for file in files], **more)


def holds(request_id: int) -> set[str]:
    return uses_of(f"approval:{request_id}")


def test_a_file_that_a_waiting_request_names_is_in_use(office: Office, file: Any) -> None:
    make_rule(office.manager_role, hours=720)
    with nothing_changes(but=HELD):
        asked = asked_with(office, file)
    assert holds(asked) == {file.key}
    assert media.sweep(now=utc_now() + LATER) == 0
    with pytest.raises(MediaInUse, match=f"approval:{asked}"):
        media_services().deleting.delete(file.id, now=utc_now())
    assert media.exists(key=file.key)
    assert counted_right()


def test_it_is_found_however_the_payload_writes_it(office: Office) -> None:
    make_rule(office.manager_role)
    reference, address, html = (upload() for _ in range(3))
    asked = office.asked(
        deep=[{"image_url": f"media:{reference.key}"}],
        address=media.url(f"media:{address.key}"),
        detail=f'<p title="&quot;"><img src="media:{html.key}"></p>',
        elsewhere=f"https://img.example.com/{new_key('jpg')}",
    )
    assert holds(asked) == {reference.key, address.key, html.key}


def test_a_file_that_is_gone_is_the_executor_s_affair(office: Office) -> None:
    make_rule(office.manager_role)
    asked = office.asked(picture=f"media:{new_key('jpg')}")
    assert (holds(asked), state_of(asked)) == (set(), "pending")


def test_what_is_done_at_once_holds_nothing(office: Office, file: Any) -> None:
    assert office.ask(picture=f"media:{file.key}").applied
    assert row_of(file.id).uses == 0


def test_a_refused_submission_holds_nothing(office: Office, file: Any) -> None:
    make_rule(office.manager_role)
    office.forbid("不行")
    with nothing_changes(), pytest.raises(NameForbidden):
        asked_with(office, file, nickname="不行")


def withdraw(office: Office, asked: int) -> None:
    viewer = services().query.viewer(office.clerk, sees_all=False)
    services().following.withdraw(asked, viewer=viewer, comment="", now=utc_now())


def outdate(office: Office, asked: int) -> None:
    office.rename_behind()
    with pytest.raises(RequestStale):
        approve(asked, office.manager)


ENDS: dict[str, Callable[[Office, int], Any]] = {
    "approved": lambda office, asked: approve(asked, office.manager),
    "rejected": lambda office, asked: reject(asked, office.manager),
    "withdrawn": withdraw,
    "stale": outdate,
    "expired": lambda office, asked: approval.expire_due(now=utc_now() + timedelta(hours=73)),
}


@pytest.mark.parametrize("state", ENDS)
def test_every_end_gives_the_files_back_and_their_time_begins_anew(office: Office, file: Any, state: str) -> None:
    make_rule(office.manager_role)
    other = upload(now=utc_now())
    media.use(keys=[other.key], user="product:1")
    asked = asked_with(office, file, other)
    ENDS[state](office, asked)
    assert (state_of(asked), holds(asked)) == (state, set())
    assert (row_of(file.id).uses, row_of(other.id).uses) == (0, 1)
    now = utc_now()
    assert media.sweep(now=now) == 0
    assert media.sweep(now=now + KEEP - timedelta(seconds=1)) == 0
    assert media.sweep(now=now + KEEP) == 1
    assert (row_of(file.id), media.exists(key=other.key)) == (None, True)


def test_every_state_but_pending_is_among_those_ends() -> None:
    """A new way to end a request needs a look at its files."""
    assert set(ENDS) | {"pending", "applied_directly"} == {state.value for state in approval.RequestState}


def test_one_step_of_two_gives_nothing_back(office: Office, file: Any) -> None:
    make_rule(office.manager_role, office.owner_role)
    asked = asked_with(office, file)
    approve(asked, office.manager)
    assert holds(asked) == {file.key}
    approve(asked, office.owner, step=2)
    assert holds(asked) == set()


def test_an_approval_that_is_refused_keeps_them(office: Office, file: Any) -> None:
    make_rule(office.manager_role)
    asked = asked_with(office, file, nickname="后来不行")
    office.forbid("后来不行")
    with nothing_changes(), pytest.raises(ApplyRefused):
        approve(asked, office.manager)
    assert holds(asked) == {file.key}


@pytest.mark.parametrize("end", ["stale", "expired"])
def test_a_request_that_is_submitted_again_carries_on(office: Office, file: Any, end: str) -> None:
    make_rule(office.manager_role)
    first = asked_with(office, file)
    ENDS[end](office, first)
    made = services().submitting.resubmit(first, staff_id=office.clerk, comment="", now=utc_now())
    assert made.request_id is not None
    assert (holds(first), holds(made.request_id)) == (set(), {file.key})
    assert media.sweep(now=utc_now() + LATER) == 0
    assert counted_right()


@pytest.mark.parametrize("count", [1, 5, 20])
def test_more_files_cost_no_more_statements(office: Office, count: int) -> None:
    make_rule(office.manager_role)
    files = [upload() for _ in range(count)]
    with counted_statements() as without:
        office.asked(nickname="一")
    with counted_statements() as seen:
        asked_with(office, *files, nickname="二")
    assert len(seen) == len(without) + 4

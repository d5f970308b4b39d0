"""The inbox, the detail and the decisions as staff see them."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from backend.approval.domain.request import Request
from backend.approval.service.following import MAX_COMMENTS
from kit.db.extension import db
from kit.service.transaction import in_transaction
from tests.factories.approval import Office, approve, make_member, make_rule, reject, state_of, story
from tests.factories.statements import counted_statements
from tests.factories.user import make_customer, make_role, member_headers, staff_headers
from tests.support.unchanged import nothing_changes

PATH = "/admin/v1/approval/requests"
_keys = itertools.count(10_000_000)


def headers(app: Flask, staff_id: int) -> dict[str, str]:
    return staff_headers(app, staff_id) | {"Idempotency-Key": str(next(_keys))}


def listed(app: Flask, client: FlaskClient, staff_id: int, **query: Any) -> list[str]:
    answer = client.get(PATH, query_string=query, headers=headers(app, staff_id))
    assert answer.status_code == 200, answer.get_json()
    return [item["id"] for item in answer.get_json()["items"]]


@pytest.mark.parametrize(
    ("method", "path", "permission"),
    [
        ("GET", "", "approval:read"),
        ("GET", "/counts", "approval:read"),
        ("GET", "/1", "approval:read"),
        ("POST", "/1/approve", "approval:decide"),
        ("POST", "/1/reject", "approval:decide"),
        ("POST", "/1/withdraw", "approval:read"),
        ("POST", "/1/resubmit", "approval:read"),
        ("POST", "/1/comments", "approval:read"),
    ],
)
def test_doors(app: Flask, client: FlaskClient, method: str, path: str, permission: str) -> None:
    def ask(**more: Any) -> int:
        return client.open(PATH + path, method=method, json={} if method == "POST" else None, **more).status_code

    assert ask() == 401
    assert ask(headers=member_headers(app, make_customer())) == 401
    others = {"approval:read", "approval:read_all", "approval:decide", "approval:configure"} - {permission}
    assert ask(headers=staff_headers(app, permissions=others)) == 403


def test_a_price_of_a_day_from_asking_to_the_last_yes(app: Flask, client: FlaskClient, office: Office) -> None:
    make_rule(office.manager_role, office.owner_role)
    asked = str(office.asked(reason="活动"))
    assert listed(app, client, office.manager) == [asked]
    assert listed(app, client, office.owner) == []
    assert listed(app, client, office.clerk) == []
    assert listed(app, client, office.clerk, scope="submitted") == [asked]

    said = {"step": 1, "comment": "<script>alert('好')</script>"}
    answer = client.post(f"{PATH}/{asked}/approve", json=said, headers=headers(app, office.manager))
    assert (answer.status_code, answer.get_json()) == (200, {"id": asked, "state": "pending", "step": 2})
    assert listed(app, client, office.manager) == listed(app, client, office.deputy) == []
    assert listed(app, client, office.owner) == [asked]

    answer = client.post(f"{PATH}/{asked}/approve", json={"step": 2}, headers=headers(app, office.owner))
    assert answer.get_json() == {"id": asked, "state": "approved", "step": 2}
    assert office.name() == "新名字"

    detail = client.get(f"{PATH}/{asked}", headers=headers(app, office.clerk)).get_json()
    assert detail["changes"] == [
        {"field": "nickname", "zh": "昵称", "en": "Nickname", "old": "老名字", "new": "新名字"},
    ]
    assert [(entry["verb"], entry["comment"]) for entry in detail["history"]] == [
        ("submit", "活动"),
        ("agree", "<script>alert('好')</script>"),
        ("approve", ""),
    ]
    assert [step["decided_by"] for step in detail["steps"]] == [str(office.manager), str(office.owner)]
    assert all(step["decided_by_name"].startswith("同事") for step in detail["steps"])
    assert (detail["intact"], detail["because"], detail["role_name"] != "") == (True, ["改名要审批 (always)"], True)
    assert (detail["action_zh"], detail["action_en"], detail["allowed_actions"]) == ("改名", "Rename", ["comment"])


def test_each_is_told_what_they_may_do(app: Flask, client: FlaskClient, office: Office) -> None:
    make_rule(office.manager_role)
    asked = office.asked()

    def actions(staff_id: int) -> list[str]:
        answer = client.get(f"{PATH}/{asked}", headers=headers(app, staff_id))
        return list(answer.get_json()["allowed_actions"])

    assert actions(office.clerk) == ["withdraw", "comment"]
    assert actions(office.manager) == ["approve", "reject", "comment"]
    office.rename_behind()
    client.post(f"{PATH}/{asked}/approve", json={"step": 1}, headers=headers(app, office.manager))
    assert actions(office.clerk) == ["resubmit", "comment"]


def test_a_stale_request_is_409_stays_stale_and_is_submitted_again_once(
    app: Flask, client: FlaskClient, office: Office
) -> None:
    make_rule(office.manager_role)
    asked = office.asked()
    office.rename_behind()
    answer = client.post(f"{PATH}/{asked}/approve", json={"step": 1}, headers=headers(app, office.manager))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "approval.stale")
    assert state_of(asked) == "stale"
    key = headers(app, office.clerk)
    first = client.post(f"{PATH}/{asked}/resubmit", json={}, headers=key)
    assert (first.status_code, first.get_json()["status"]) == (201, "pending")
    with nothing_changes():
        assert client.post(f"{PATH}/{asked}/resubmit", json={}, headers=key).get_json() == first.get_json()
    again = client.post(f"{PATH}/{asked}/resubmit", json={}, headers=headers(app, office.clerk))
    assert (again.status_code, again.get_json()["code"]) == (409, "approval.already_resubmitted")
    assert again.get_json()["errors"] == {"request_id": first.get_json()["approval_request_id"]}


def test_a_replayed_yes_is_answered_and_does_nothing_more(app: Flask, client: FlaskClient, office: Office) -> None:
    make_rule(office.manager_role, office.manager_role)
    asked = office.asked()
    key = headers(app, office.manager)
    first = client.post(f"{PATH}/{asked}/approve", json={"step": 1}, headers=key)
    with nothing_changes():
        replayed = client.post(f"{PATH}/{asked}/approve", json={"step": 1}, headers=key)
    assert (first.get_json(), replayed.status_code) == (replayed.get_json(), 200)
    with nothing_changes():
        other = client.post(f"{PATH}/{asked}/approve", json={"step": 2}, headers=key)
    assert (other.status_code, other.get_json()["code"]) == (422, "kit.idempotency_key_reused")


def test_refusals_speak(app: Flask, client: FlaskClient, office: Office) -> None:
    make_rule(office.manager_role)
    asked, forbidden = office.asked(), office.asked("forbidden")
    office.forbid("forbidden")

    def refused(request_id: int, staff_id: int, step: int = 1, verb: str = "approve") -> tuple[int, str]:
        body = {"step": step, "comment": "x"}
        answer = client.post(f"{PATH}/{request_id}/{verb}", json=body, headers=headers(app, staff_id))
        assert answer.get_json()["message"]
        return answer.status_code, answer.get_json()["code"]

    assert refused(asked, office.owner) == (403, "approval.role_not_held")
    assert refused(asked, office.manager, step=2) == (409, "approval.step_passed")
    assert refused(4711, office.manager) == (404, "approval.request_not_found")
    assert refused(forbidden, office.manager) == (409, "approval.apply_refused")
    in_transaction(lambda: db.session.execute(update(Request).where(Request.id == asked).values(title="无害")))
    assert refused(asked, office.manager) == (409, "approval.payload_tampered")
    reject(asked, office.manager)
    assert refused(asked, office.deputy, verb="reject") == (409, "approval.not_pending")


def test_somebody_elses_request_is_not_there(app: Flask, client: FlaskClient, office: Office) -> None:
    make_rule(office.manager_role)
    asked, stranger = office.asked(), headers(app, office.owner)
    with nothing_changes():
        assert client.get(f"{PATH}/{asked}", headers=stranger).status_code == 404
        assert client.post(f"{PATH}/{asked}/withdraw", json={}, headers=stranger).status_code == 404
        assert client.post(f"{PATH}/{asked}/comments", json={"comment": "x"}, headers=stranger).status_code == 404
        answer = client.get(PATH, query_string={"scope": "all"}, headers=stranger)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "approval.scope_forbidden")
    auditor = make_member(make_role("approval:read", "approval:read_all"))
    assert listed(app, client, auditor, scope="all") == [str(asked)]
    assert client.get(f"{PATH}/{asked}", headers=headers(app, auditor)).status_code == 200


def test_lists_by_state_action_and_subject(app: Flask, client: FlaskClient, office: Office) -> None:
    make_rule(office.manager_role)
    first, second = office.asked(), office.asked()
    reject(first, office.manager)
    mine: dict[str, Any] = {"scope": "submitted"}
    assert listed(app, client, office.clerk, **mine) == [str(second), str(first)]
    assert listed(app, client, office.clerk, **mine, state="rejected") == [str(first)]
    assert listed(app, client, office.clerk, **mine, action="user.rename") == [str(second), str(first)]
    assert listed(app, client, office.clerk, **mine, action="catalog.product.price") == []
    assert listed(app, client, office.clerk, **mine, subject=office.subject, state="pending") == [str(second)]
    assert listed(app, client, office.clerk, **mine, subject="customer:1") == []


@pytest.mark.parametrize(
    "query", ["scope=mine", "state=lost", "action=", "action=%E7%B1%B3", "limit=0", "cursor=x", "who=me", "subject=%00"]
)
def test_a_query_it_does_not_know_is_refused(app: Flask, client: FlaskClient, office: Office, query: str) -> None:
    assert client.get(f"{PATH}?{query}", headers=headers(app, office.clerk)).status_code == 422


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("approve", {}),
        ("approve", {"step": "1"}),
        ("approve", {"step": 1.0}),
        ("approve", {"step": True}),
        ("approve", {"step": 10**30}),
        ("approve", {"step": 1, "comment": "a\x00b"}),
        ("approve", {"step": 1, "comment": "\ud800"}),
        ("approve", {"step": 1, "comment": "x" * 501}),
        ("approve", {"step": 1, "state": "approved"}),
        ("approve", []),
        ("reject", {"step": 1}),
        ("reject", {"step": 1, "comment": "   "}),
        ("comments", {"comment": ""}),
        ("comments", {"comment": None}),
        ("withdraw", {"comment": 7}),
    ],
)
def test_hostile_bodies_change_nothing(app: Flask, client: FlaskClient, office: Office, verb: str, body: Any) -> None:
    make_rule(office.manager_role)
    asked, who = office.asked(), headers(app, office.manager)
    with nothing_changes():
        sent = {"data": json.dumps(body), "content_type": "application/json"}  # a lone surrogate travels escaped
        assert client.post(f"{PATH}/{asked}/{verb}", headers=who, **sent).status_code == 422


def test_people_talk_within_bounds(
    app: Flask, client: FlaskClient, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_rule(office.manager_role)
    asked = office.asked()
    monkeypatch.setattr("backend.approval.service.following.MAX_COMMENTS", 2)
    for _ in range(2):
        said = client.post(
            f"{PATH}/{asked}/comments", json={"comment": "为什么？\n😀"}, headers=headers(app, office.manager)
        )
        assert said.status_code == 204
    clerk = headers(app, office.clerk)
    with nothing_changes():
        said = client.post(f"{PATH}/{asked}/comments", json={"comment": "!"}, headers=clerk)
    assert (said.status_code, said.get_json()["code"]) == (409, "approval.too_many_comments")
    assert story(asked)[-1] == ("comment", "pending", "pending", f"staff:{office.manager}", "为什么？\n😀")
    assert MAX_COMMENTS == 200


def test_counts(app: Flask, client: FlaskClient, office: Office) -> None:
    make_rule(office.manager_role, office.owner_role)
    first = office.asked()
    office.asked()
    office.asked(by=office.manager)
    approve(first, office.manager)

    def counts(staff_id: int) -> tuple[int, int]:
        said = client.get(f"{PATH}/counts", headers=headers(app, staff_id)).get_json()
        return said["to_decide"], said["submitted"]

    assert counts(office.clerk) == (0, 2)
    assert counts(office.manager) == (1, 1)
    assert counts(office.deputy) == (2, 0)
    assert counts(office.owner) == (1, 0)
    assert counts(make_member(make_role("approval:read"))) == (0, 0)


def test_it_pages_by_cursor(app: Flask, client: FlaskClient, office: Office) -> None:
    make_rule(office.manager_role)
    ids = [str(office.asked()) for _ in range(5)]
    who = headers(app, office.manager)
    first = client.get(PATH, query_string={"limit": 3}, headers=who).get_json()
    second = client.get(PATH, query_string={"limit": 3, "cursor": first["next_cursor"]}, headers=who).get_json()
    assert [item["id"] for item in first["items"] + second["items"]] == ids[::-1]
    assert second["next_cursor"] is None


@pytest.mark.parametrize("count", [1, 5, 20])
def test_statements_do_not_grow(app: Flask, client: FlaskClient, office: Office, count: int) -> None:
    make_rule(office.manager_role)
    version = office.version()
    ids = [office.ask(version=version).request_id for _ in range(count)]
    who = headers(app, office.manager)
    for number in range(count):
        body = {"comment": str(number)}
        client.post(f"{PATH}/{ids[0]}/comments", json=body, headers=who)

    def statements(path: str, **query: Any) -> int:
        with counted_statements() as seen:
            answer = client.get(PATH + path, query_string=query, headers=who)
        assert answer.status_code == 200
        return len(seen)

    assert statements("") == 3  # who asks; their roles; the list
    assert statements("/counts") == 3
    assert statements(f"/{ids[0]}") == 6  # who asks; their roles; request, steps, history, names

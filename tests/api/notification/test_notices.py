"""Staff read their own notices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories.approval import Office, Rename, make_rule, plugged_in
from tests.factories.statements import counted_statements
from tests.factories.user import make_customer, member_headers, staff_headers
from tests.support.outbox import settle
from tests.support.unchanged import nothing_changes

PATH = "/admin/v1/me/notices"


@pytest.fixture
def office(app: Flask) -> Iterator[Office]:
    with plugged_in(Rename()):
        made = Office()
        make_rule(made.manager_role)
        yield made


def asked(office: Office, count: int) -> None:
    version = office.version()
    for _ in range(count):
        office.ask(version=version)
    settle()


def test_doors(app: Flask, client: FlaskClient) -> None:
    for method, path in (("GET", ""), ("GET", "/unread"), ("POST", "/1/read"), ("POST", "/read")):
        assert client.open(PATH + path, method=method).status_code == 401
        assert client.open(PATH + path, method=method, headers=member_headers(app, make_customer())).status_code == 401


def test_one_reads_ones_own_and_only_those(app: Flask, client: FlaskClient, office: Office) -> None:
    asked(office, 3)
    manager, owner, deputy = (staff_headers(app, one) for one in (office.manager, office.owner, office.deputy))

    def shown(headers: dict[str, str], **query: Any) -> list[dict[str, Any]]:
        return list(client.get(PATH, query_string=query, headers=headers).get_json()["items"])

    def unread(headers: dict[str, str]) -> int:
        return int(client.get(f"{PATH}/unread", headers=headers).get_json()["unread"])

    notices = shown(manager)
    assert (len(notices), unread(manager), unread(owner), shown(owner)) == (3, 3, 0, [])
    assert notices[0]["zh"].endswith("提交了“改名”：老名字，请您审批")
    assert (notices[0]["kind"], notices[0]["read_at"]) == ("approval_requested", None)

    first = notices[0]["id"]
    with nothing_changes():
        stolen = client.post(f"{PATH}/{first}/read", headers=deputy)
        missing = client.post(f"{PATH}/4711/read", headers=manager)
    assert (stolen.status_code, missing.get_json()["code"]) == (404, "notification.notice_not_found")
    assert client.post(f"{PATH}/{first}/read", headers=manager).status_code == 204
    with nothing_changes():
        assert client.post(f"{PATH}/{first}/read", headers=manager).status_code == 204
    assert (unread(manager), unread(deputy)) == (2, 3)
    assert [one["id"] for one in shown(manager, unread="true")] == [one["id"] for one in notices[1:]]
    assert client.post(f"{PATH}/read", headers=manager).get_json() == {"unread": 0}
    assert (shown(manager, unread="true"), len(shown(manager)), unread(deputy)) == ([], 3, 3)


@pytest.mark.parametrize("count", [1, 5, 20])
def test_statements_do_not_grow(app: Flask, client: FlaskClient, office: Office, count: int) -> None:
    asked(office, count)
    headers = staff_headers(app, office.manager)
    with counted_statements() as statements:
        assert len(client.get(PATH, headers=headers).get_json()["items"]) == count
        client.get(f"{PATH}/unread", headers=headers)
    assert len(statements) == 4

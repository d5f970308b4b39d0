"""A manager who may change things, an administrator who may act directly, and two approvers, all speaking HTTP."""

from __future__ import annotations

import itertools
import json
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from backend.approval.domain.condition import Condition
from backend.approval.domain.request import Request
from backend.user.domain.staff import Staff
from kit.db.extension import db
from tests.factories.approval import make_member, make_rule
from tests.factories.user import make_role, staff_headers
from tests.support.fresh import fresh_session

_keys = itertools.count(1)
REQUESTS = "/admin/v1/approval/requests"


class Desk:
    """`permissions`: what manager and administrator may do beside asking."""

    def __init__(self, app: Flask, client: FlaskClient, *permissions: str) -> None:
        self.client = client
        self.approver_role = make_role("approval:read", "approval:decide")
        self.approver, self.second = make_member(self.approver_role), make_member(self.approver_role)
        self.manager = make_member(make_role(*permissions, "approval:read"))
        self.admin = make_member(make_role(*permissions, "approval:read", "approval:read_all", "approval:act_directly"))

        people = (self.approver, self.second, self.manager, self.admin)
        # Logged in now: a login is a row, and tests look whether anything changed.
        self.headers = {who: staff_headers(app, who) for who in people}

    def name_of(self, who: int) -> str:
        """What people call them."""
        return str(db.session.scalar(select(Staff.name).where(Staff.id == who)))

    def rule(self, action: str, condition: Condition | None = None) -> int:
        """Switched on, with the approvers' role as its step."""
        return make_rule(self.approver_role, action=action, condition=condition, name="要审批")

    def send(self, who: int, method: str, path: str, body: Any = None, *, key: str | None = None) -> TestResponse:
        """A POST is a new intent each time, unless `key` says otherwise."""
        headers = self.headers[who] | {"Idempotency-Key": key or f"approval-desk-{next(_keys)}"}
        sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return self.client.open(f"/admin/v1{path}", method=method, headers=headers, **sent)

    def ask(self, method: str, path: str, body: Any = None) -> str:
        """The manager's change waits; the request's id."""
        answer = self.send(self.manager, method, path, body)
        assert answer.status_code == 202, answer.data
        assert answer.get_json().keys() == {"approval_request_id", "status"}
        assert answer.get_json()["status"] == "pending"
        return str(answer.get_json()["approval_request_id"])

    def act(self, method: str, path: str, body: Any = None) -> TestResponse:
        """The administrator does it at once."""
        answer = self.send(self.admin, method, path, body)
        assert answer.status_code in (200, 201, 204), answer.data
        return answer

    def inbox(self, who: int) -> list[str]:
        """What waits for somebody's decision."""
        answer = self.client.get(REQUESTS, headers=self.headers[who])
        return [item["id"] for item in answer.get_json()["items"]]

    def detail(self, request_id: str) -> dict[str, Any]:
        """The request as the administrator sees it."""
        answer = self.client.get(f"{REQUESTS}/{request_id}", headers=self.headers[self.admin])
        assert answer.status_code == 200, answer.data
        found: dict[str, Any] = answer.get_json()
        return found

    def lines(self, request_id: str) -> list[tuple[str, str | None, str | None]]:
        """The difference in Chinese: what, old, new."""
        return [(line["zh"], line["old"], line["new"]) for line in self.detail(request_id)["changes"]]

    def decide(self, request_id: str, verb: str = "approve", *, by: int | None = None) -> TestResponse:
        """An approver says yes, or what `verb` says."""
        path = f"/approval/requests/{request_id}/{verb}"
        return self.send(by or self.approver, "POST", path, {"step": 1, "comment": "看过了"})

    def approve(self, request_id: str) -> None:
        """It is approved and done."""
        answer = self.decide(request_id)
        assert (answer.status_code, answer.get_json()["state"]) == (200, "approved"), answer.data

    def resubmit(self, request_id: str) -> str:
        """The manager asks again; the new request."""
        answer = self.send(self.manager, "POST", f"/approval/requests/{request_id}/resubmit", {})
        assert (answer.status_code, answer.get_json()["status"]) == (201, "pending"), answer.data
        return str(answer.get_json()["approval_request_id"])

    def kept(self) -> list[tuple[str, str]]:
        """Action and state of every request, oldest first."""
        fresh_session()
        rows = db.session.execute(select(Request.action, Request.state).order_by(Request.id))
        return [(row.action, row.state.value) for row in rows]

    def requests(self) -> int:
        """How many there are."""
        fresh_session()
        return int(db.session.scalar(select(func.count()).select_from(Request)) or 0)

"""An approver and somebody who counts meet over one sheet: what was agreed to is posted, or nothing."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from backend.approval.domain.error import RequestStale
from backend.approval.wiring import services as approval
from backend.inventory.domain.count import Count
from backend.inventory.domain.error import CountNotOpen
from backend.inventory.service.counting import Counting
from backend.inventory.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from tests.factories.approval import approve, make_member, make_rule, state_of
from tests.factories.inventory import level, new_sku
from tests.factories.stockroom import deviations, enter, open_count
from tests.factories.user import make_role
from tests.support.threads import at_once

pytestmark = pytest.mark.mysql_only
ROUNDS = 8


def meet(app: Flask) -> tuple[str, int, list[Any]]:
    """Of ten units none was counted; while somebody agrees, five are. The request's state, what is left, results."""
    role = make_role("approval:decide")
    rule_id, approver = make_rule(role, action="inventory.adjust"), make_member(role)
    clerk = make_member(make_role("inventory:post_count"))
    sku_id = new_sku(units=10)
    count_id = open_count(sku_id)
    enter(count_id, {1: 0})
    asked = services().counting.ask(count_id, skip_uncounted=False, operator=f"staff:{clerk}", now=utc_now())
    assert asked.request_id is not None
    request_id = asked.request_id
    approval().configuring.delete(rule_id, version=1)  # the next round has approvers of its own
    results = at_once(app, [lambda: approve(request_id, approver), lambda: enter(count_id, {1: 5})])
    return state_of(request_id), level(sku_id)[0], results


def test_the_figure_comes_too_late_or_makes_it_stale(app: Flask) -> None:
    for _ in range(ROUNDS):
        state, left, results = meet(app)
        stale = any(isinstance(result, RequestStale) for result in results)
        late = any(isinstance(result, CountNotOpen) for result in results)
        assert stale is not late, results
        assert (state, left) == (("stale", 10) if stale else ("approved", 0))
    assert deviations() == []


def test_control_without_the_lock_a_figure_is_posted_that_nobody_agreed_to(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard off, and a breath between the look at the version and the posting."""

    def look(self: Counting, count_id: int) -> int:
        found = db.session.scalar(select(Count.version).where(Count.id == count_id))
        db.session.connection().exec_driver_sql("SELECT SLEEP(0.05)")
        return found or 0

    monkeypatch.setattr(Counting, "version", look)
    assert ("approved", 5) in [meet(app)[:2] for _ in range(ROUNDS)]

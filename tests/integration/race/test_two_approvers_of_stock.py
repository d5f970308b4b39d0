"""Two approvers, or an approver and a correction, meet over one adjustment: booked once, and never over another."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from backend.approval.domain.error import NotPending, RequestStale
from backend.approval.wiring import services as approval
from backend.inventory.domain.ledger import LedgerEntry, MovementKind
from backend.inventory.service.adjusting import Adjusting, keys_of
from backend.inventory.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from tests.factories.approval import approve, make_member, make_rule, state_of
from tests.factories.inventory import level, new_sku
from tests.factories.stockroom import adjust, deviations
from tests.factories.user import make_role
from tests.support.threads import at_once

pytestmark = pytest.mark.mysql_only
ROUNDS = 8


class Corner:
    """A SKU of ten units, two approvers, and a request that takes four of them off the books."""

    def __init__(self) -> None:
        role = make_role("approval:decide")
        self.first, self.second = make_member(role), make_member(role)
        rule_id = make_rule(role, action="inventory.adjust")
        self.sku_id = new_sku(units=10)
        clerk = make_member(make_role("inventory:adjust"))
        line = {"sku_id": str(self.sku_id), "quantity": -4}
        payload = {"location_id": "1", "reason": "盘亏", "lines": [line]}
        asked = services().adjusting.ask(payload, operator=f"staff:{clerk}", now=utc_now())
        assert asked.request_id is not None
        self.asked = asked.request_id
        approval().configuring.delete(rule_id, version=1)  # the next corner has approvers of its own

    def corrections(self) -> list[int]:
        """Units of every adjustment, in the order they were booked."""
        db.session.rollback()
        query = select(LedgerEntry.on_hand_delta).where(
            LedgerEntry.sku_id == self.sku_id, LedgerEntry.kind == MovementKind.ADJUST
        )
        return list(db.session.scalars(query.order_by(LedgerEntry.on_hand_after.desc())))


def test_of_two_approvers_one_books_and_the_other_is_told(app: Flask) -> None:
    for _ in range(ROUNDS):
        corner = Corner()
        works = [lambda c=corner, who=who: approve(c.asked, who) for who in (corner.first, corner.second)]
        results = at_once(app, works)
        assert sum(isinstance(result, NotPending) for result in results) == 1, results
        assert (corner.corrections(), level(corner.sku_id), state_of(corner.asked)) == ([-4], (6, 0), "approved")
    assert deviations() == []


def meet(app: Flask) -> tuple[Corner, list[Any]]:
    corner = Corner()
    works = [lambda: approve(corner.asked, corner.first), lambda: adjust(corner.sku_id, -1)]
    return corner, at_once(app, works)


def booked_over_another(corner: Corner) -> bool:
    """The request was made against books that somebody had put right before it."""
    return corner.corrections() == [-1, -4]


def test_a_correction_at_the_same_moment_comes_after_or_makes_it_stale(app: Flask) -> None:
    for _ in range(ROUNDS):
        corner, results = meet(app)
        stale = any(isinstance(result, RequestStale) for result in results)
        assert state_of(corner.asked) == ("stale" if stale else "approved"), results
        assert not booked_over_another(corner)
        assert level(corner.sku_id) == ((9, 0) if stale else (5, 0))


def test_control_without_the_lock_it_is_booked_over_another(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard off, and a breath between the look at the version and the booking."""

    def look(self: Adjusting, payload: dict[str, Any]) -> int:
        rows = self.documents.goods.stock.levels_of(keys_of(payload))
        found = sum(row.corrections for row in rows.values())
        db.session.connection().exec_driver_sql("SELECT SLEEP(0.05)")
        return found

    monkeypatch.setattr(Adjusting, "version", look)
    assert any(booked_over_another(meet(app)[0]) for _ in range(ROUNDS))

"""Two people decide on one request at one moment: one wins, the other is told, and the change is made once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from backend.approval.domain.error import AlreadyResubmitted, NotPending
from backend.approval.domain.request import Request
from backend.approval.repository.request import RequestRepository
from backend.approval.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from tests.factories.approval import (
    Office,
    Rename,
    approve,
    make_rule,
    plugged_in,
    reject,
    request_row,
    state_of,
    story,
)
from tests.support.threads import at_once

pytestmark = pytest.mark.mysql_only
ROUNDS = 8
_AGREED = ("approve", "reject")


class Counting(Rename):
    """Counts how often a change was made by a transaction that went through to its end."""

    def __init__(self) -> None:
        super().__init__()
        self.made: Counter[str] = Counter()

    def apply(self, subject: str, payload: Any, mandate: Any, now: Any) -> Any:
        result = super().apply(subject, payload, mandate, now)
        if mandate.request_id is not None:  # not the rehearsal
            self.made[subject] += 1
        return result


@pytest.fixture
def counting(app: Flask) -> Iterator[Counting]:
    executor = Counting()
    with plugged_in(executor):
        yield executor


def decisions(asked: int) -> list[str]:
    return [verb for verb, *_ in story(asked) if verb in _AGREED]


def meet(app: Flask, second: Any) -> tuple[Office, int, list[Any]]:
    """A fresh request with one step: the manager says yes, the deputy `second`, in one moment."""
    office = Office()
    rule_id = make_rule(office.manager_role)
    asked = office.asked()
    services().configuring.delete(rule_id, version=1)
    works = [lambda: approve(asked, office.manager).state, lambda: second(asked, office.deputy).state]
    return office, asked, at_once(app, works)


@pytest.mark.parametrize("second", [approve, reject])
def test_of_two_deciders_one_wins_and_the_other_is_told(app: Flask, counting: Counting, second: Any) -> None:
    for _ in range(ROUNDS):
        office, asked, results = meet(app, second)
        lost = [result for result in results if isinstance(result, NotPending)]
        assert (len(lost), len(decisions(asked))) == (1, 1), results
        assert (office.name() == "新名字") is (state_of(asked) == "approved")
        assert counting.made[office.subject] == (state_of(asked) == "approved")


def test_control_without_the_lock_and_the_version_both_win(
    app: Flask, counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guards off: the history says both approved and rejected."""

    def look(self: RequestRepository, request_id: int) -> Request:
        query = select(Request).where(Request.id == request_id).options(selectinload(Request.steps))
        return db.session.scalars(query).one()

    monkeypatch.setattr(RequestRepository, "lock", look)
    monkeypatch.setattr(Request.__mapper__, "version_id_generator", lambda _version: 1)
    twice = sum(len(decisions(meet(app, reject)[1])) == 2 for _ in range(ROUNDS))
    assert twice > 0


def test_a_request_is_submitted_again_once_even_by_two_taps(app: Flask, counting: Counting) -> None:
    office = Office()
    make_rule(office.manager_role, hours=1)
    asked = office.asked()
    services().following.expire_due(now=utc_now().replace(year=2027))

    def again() -> Any:
        return services().submitting.resubmit(asked, staff_id=office.clerk, comment="", now=utc_now()).request_id

    results = at_once(app, [again] * 4)
    assert sum(isinstance(result, AlreadyResubmitted) for result in results) == 3, results
    assert db.session.query(Request).filter(Request.origin_id == asked).count() == 1


def test_a_decision_and_the_sweep_meet(app: Flask, counting: Counting) -> None:
    later = utc_now().replace(year=2027)

    def expire(asked: int, _by: int) -> Request:
        services().following.expire_due(now=later)
        return request_row(asked)

    for _ in range(ROUNDS):
        office, asked, _ = meet(app, expire)
        services().following.expire_due(now=later)
        ends = [verb for verb, *_ in story(asked) if verb in ("approve", "expire")]
        assert len(ends) == 1
        assert (office.name() == "新名字") is (ends == ["approve"])

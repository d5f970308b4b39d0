"""Due rows are given to one janitor at a time and come back when it dies."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from backend.order.domain.order import Order
from kit.db.extension import db
from kit.repository.claim import claim_due
from kit.service.transaction import in_transaction
from tests.integration.kit.rows import AT, at_once, stored_order

LEASE = timedelta(seconds=60)


@pytest.fixture
def due(app: Flask) -> list[int]:
    """Three orders, due one second after the other."""
    ids = [stored_order() for _ in range(3)]
    for number, order_id in enumerate(ids):
        moment = update(Order).where(Order.id == order_id).values(due_at=AT + timedelta(seconds=number))
        in_transaction(lambda moment=moment: db.session.execute(moment))
    return ids


def claim(now: datetime, *, limit: int = 10, **options: object) -> list[int]:
    """One janitor's turn."""
    return in_transaction(
        lambda: claim_due(db.session, Order, Order.due_at, now=now, lease=LEASE, limit=limit, **options)  # type: ignore[arg-type]  # options of several types
    )


def test_due_rows_are_claimed_the_longest_waiting_first(due: list[int]) -> None:
    assert claim(AT + timedelta(seconds=1)) == due[:2]


def test_claimed_rows_are_not_claimed_again_until_the_lease_ends(due: list[int]) -> None:
    now = AT + timedelta(seconds=5)
    assert claim(now) == due
    assert claim(now + LEASE - timedelta(milliseconds=1)) == []
    assert sorted(claim(now + LEASE)) == sorted(due)


def test_claim_takes_no_more_than_its_limit_and_what_it_asks_for(due: list[int]) -> None:
    now = AT + timedelta(seconds=5)
    assert claim(now, limit=1) == due[:1]
    assert claim(now, where=[Order.id == due[2]]) == [due[2]]
    assert claim(now) == [due[1]]


def test_claim_leaves_the_version_and_sets_what_else_is_asked_for(due: list[int]) -> None:
    claim(AT, also_set={"remark": "taken"})
    rows = db.session.execute(select(Order.id, Order.version, Order.remark).order_by(Order.id)).all()
    assert [tuple(row) for row in rows] == [(due[0], 1, "taken"), (due[1], 1, ""), (due[2], 1, "")]


def test_claim_that_is_rolled_back_is_none(due: list[int]) -> None:
    def die() -> None:
        claim(AT + timedelta(seconds=5))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        in_transaction(die)
    assert claim(AT + timedelta(seconds=5)) == due


@pytest.mark.commits
@pytest.mark.mysql_only
def test_two_janitors_at_once_never_get_the_same_row(app: Flask, due: list[int]) -> None:
    both_hold = threading.Barrier(2, timeout=3)

    def hold() -> list[int]:
        claimed = claim_due(db.session, Order, Order.due_at, now=AT + timedelta(seconds=5), lease=LEASE, limit=2)
        both_hold.wait()
        return claimed

    one, other = at_once(app, *[lambda: in_transaction(hold)] * 2)
    assert isinstance(one, list)
    assert isinstance(other, list)
    assert sorted(one + other) == sorted(due)
    assert db.session.scalar(select(func.count()).where(Order.due_at == AT + timedelta(seconds=5) + LEASE)) == 3

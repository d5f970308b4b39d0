"""Every process leases a node number of its own, so that no two ever make the same id."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from kit.db import node as node_module
from kit.db.extension import db
from kit.db.node import LEASE, Node, NodeLease, lease
from kit.domain import identity
from kit.domain.identity import new_id
from kit.service.transaction import in_transaction
from tests.integration.kit.rows import AT, at_once, count

pytestmark = pytest.mark.commits

GRACE = timedelta(minutes=10)


class Clock:
    """The clock of all leases, moved by the test."""

    now: datetime = AT

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(node_module, "utc_now", clock)
    return clock


@pytest.fixture(autouse=True)
def own_generator(app: Flask) -> Iterator[None]:
    """The number of this process is what it was."""
    yield
    lease.pin(1)


def node_now() -> int:
    """The number in the ids of this process."""
    return (new_id() >> 12) & (identity.NODES - 1)


def leased(nodes: NodeLease) -> int:
    """The number `nodes` has after it made sure of one."""
    nodes.ensure(db.engine)
    return node_now()


def rows() -> list[tuple[int, datetime]]:
    """All leases."""
    db.session.rollback()
    found = db.session.execute(select(Node.node, Node.leased_until).order_by(Node.node))
    return [(row.node, row.leased_until) for row in found]


def test_first_process_gets_number_zero_for_an_hour(clock: Clock) -> None:
    assert leased(NodeLease()) == 0
    assert rows() == [(0, AT + LEASE)]


def test_lease_names_its_holder(clock: Clock) -> None:
    leased(NodeLease())
    (holder,) = db.session.scalars(select(Node.holder))
    assert f":{os.getpid()}:" in holder


def test_processes_get_different_numbers(clock: Clock) -> None:
    assert [leased(NodeLease()) for _ in range(3)] == [0, 1, 2]


def test_processes_that_start_at_once_get_different_numbers(app: Flask, clock: Clock) -> None:
    starting = [NodeLease() for _ in range(6)]
    assert at_once(app, *[lambda one=one: one.ensure(db.engine) for one in starting]) == [None] * 6
    assert [node for node, _ in rows()] == [0, 1, 2, 3, 4, 5]


def test_fresh_lease_is_not_touched_again(clock: Clock) -> None:
    nodes = NodeLease()
    leased(nodes)
    clock.now += timedelta(minutes=29, seconds=59)
    nodes.ensure(db.engine)
    assert rows() == [(0, AT + LEASE)]


def test_half_used_lease_is_renewed_with_the_same_number_and_generator(clock: Clock) -> None:
    nodes = NodeLease()
    leased(nodes)
    generator = identity._generator
    clock.now += timedelta(minutes=30)
    nodes.ensure(db.engine)
    assert rows() == [(0, AT + timedelta(minutes=30) + LEASE)]
    assert identity._generator is generator  # a second one would repeat ids of this millisecond


def test_expired_number_is_not_taken_over_within_its_grace(clock: Clock) -> None:
    leased(NodeLease())
    clock.now += LEASE + GRACE
    assert leased(NodeLease()) == 1


def test_expired_number_is_taken_over_after_its_grace(clock: Clock) -> None:
    leased(NodeLease())
    clock.now += LEASE + GRACE + timedelta(milliseconds=1)
    assert leased(NodeLease()) == 0
    assert rows() == [(0, clock.now + LEASE)]


def test_expired_number_is_taken_over_by_one_of_many(app: Flask, clock: Clock) -> None:
    leased(NodeLease())
    clock.now += LEASE + GRACE + timedelta(milliseconds=1)
    starting = [NodeLease() for _ in range(4)]
    assert at_once(app, *[lambda one=one: one.ensure(db.engine) for one in starting]) == [None] * 4
    assert sorted(one._node or 0 for one in starting) == [0, 1, 2, 3]


def test_process_that_slept_past_its_lease_does_not_come_back_with_its_old_number(clock: Clock) -> None:
    sleeper = NodeLease()
    leased(sleeper)
    clock.now += LEASE + GRACE + timedelta(minutes=1)
    assert leased(NodeLease()) == 0
    clock.now += timedelta(minutes=1)
    assert leased(sleeper) == 1


def test_forked_process_leases_a_number_of_its_own(clock: Clock) -> None:
    nodes = NodeLease()
    leased(nodes)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        db.engine.dispose(close=False)
        os.write(writer, str(leased(nodes)).encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as pipe:
        assert pipe.read() == "1"
    assert node_now() == 0


def test_all_numbers_leased_is_an_error_that_says_where_to_look(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "NODES", 2)
    leased(NodeLease())
    leased(NodeLease())
    with pytest.raises(RuntimeError, match="all 2 node numbers are leased; see table kit_node"):
        NodeLease().ensure(db.engine)
    assert count(Node) == 2


def test_use_case_makes_sure_of_a_number_first(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = NodeLease()
    monkeypatch.setattr("kit.service.transaction.lease", fresh)
    identity.use_node(None)
    assert in_transaction(node_now) == 0

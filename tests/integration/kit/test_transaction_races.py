"""Real races of two sessions: versions, deadlocks and lock waits."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

from backend.order.domain.order import Order
from kit.db.extension import db
from kit.service import transaction
from kit.service.transaction import LostRace, in_transaction
from tests.integration.kit.rows import add_one, at_once, on_hand, stocked, stored_order

pytestmark = [pytest.mark.commits, pytest.mark.mysql_only]


class Meeting:
    """Lets two threads meet once; later attempts of either pass."""

    def __init__(self) -> None:
        self._barrier = threading.Barrier(2, timeout=5)
        self._met = threading.local()
        self.attempts: list[str] = []

    def wait(self) -> None:
        """Wait for the other thread, the first time."""
        self.attempts.append(threading.current_thread().name)
        if not getattr(self._met, "yes", False):
            self._met.yes = True
            self._barrier.wait()


def change_version(order_id: int, meeting: Meeting) -> None:
    """Read, meet, change."""
    order = db.session.get_one(Order, order_id)
    meeting.wait()
    order.payment_attempts += 1


def move_both(first: int, second: int, meeting: Meeting) -> None:
    """Lock one row, meet, lock the other."""
    add_one(first)
    meeting.wait()
    add_one(second)


def one_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the guard away."""
    monkeypatch.setattr(transaction, "MAX_ATTEMPTS", 1)


def test_two_changes_of_one_version_both_count(app: Flask) -> None:
    order_id, meeting = stored_order(), Meeting()
    outcomes = at_once(app, *[lambda: in_transaction(lambda: change_version(order_id, meeting))] * 2)
    assert outcomes == [None, None]
    assert len(meeting.attempts) == 3
    assert db.session.execute(select(Order.payment_attempts, Order.version)).one() == (2, 3)


def test_without_running_again_the_slower_change_would_be_refused(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    one_attempt(monkeypatch)
    order_id, meeting = stored_order(), Meeting()
    outcomes = at_once(app, *[lambda: in_transaction(lambda: change_version(order_id, meeting))] * 2)
    refused = [outcome for outcome in outcomes if outcome is not None]
    assert [type(outcome) for outcome in refused] == [LostRace]
    assert isinstance(refused[0].__cause__, StaleDataError)
    assert db.session.execute(select(Order.payment_attempts, Order.version)).one() == (1, 2)


def test_deadlock_ends_with_both_use_cases_done(app: Flask) -> None:
    stocked(1, 2)
    meeting = Meeting()
    outcomes = at_once(
        app,
        lambda: in_transaction(lambda: move_both(1, 2, meeting)),
        lambda: in_transaction(lambda: move_both(2, 1, meeting)),
    )
    assert outcomes == [None, None]
    assert len(meeting.attempts) == 3
    assert (on_hand(1), on_hand(2)) == (2, 2)


def test_without_running_again_the_victim_of_a_deadlock_would_fail(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    one_attempt(monkeypatch)
    stocked(1, 2)
    meeting = Meeting()
    outcomes = at_once(
        app,
        lambda: in_transaction(lambda: move_both(1, 2, meeting)),
        lambda: in_transaction(lambda: move_both(2, 1, meeting)),
    )
    refused = [outcome for outcome in outcomes if outcome is not None]
    assert [type(outcome) for outcome in refused] == [LostRace]
    assert isinstance(refused[0].__cause__, OperationalError)
    assert (on_hand(1), on_hand(2)) == (1, 1)


def test_lock_wait_that_ran_out_is_tried_again(app: Flask) -> None:
    stocked(1)
    locked, tried_again = threading.Event(), threading.Event()
    attempts: list[int] = []

    def hold() -> None:
        add_one(1)
        locked.set()
        assert tried_again.wait(5)

    def wait() -> None:
        attempts.append(1)
        if len(attempts) == 2:
            tried_again.set()
        db.session.execute(text(f"SET SESSION innodb_lock_wait_timeout = {1 if len(attempts) == 1 else 5}"))
        add_one(1)

    def start_late() -> None:
        assert locked.wait(5)
        in_transaction(wait)

    assert at_once(app, lambda: in_transaction(hold), start_late) == [None, None]
    assert len(attempts) == 2
    assert on_hand(1) == 2

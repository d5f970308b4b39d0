"""A use case commits once and wholly, or leaves nothing; a lost race runs it again from its start."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from backend.inventory.domain.stock import Stock, StockItem
from backend.order.domain.order import Order
from kit.db.error import RunAgain
from kit.db.extension import db
from kit.domain.error import Conflict
from kit.service.transaction import (
    LostRace,
    TransactionOpen,
    after_commit,
    assert_no_transaction,
    end_reading,
    in_transaction,
    in_use_case,
    transactional,
)
from tests.integration.kit.rows import add_one, count, on_hand, stocked, stored_order

pytestmark = pytest.mark.usefixtures("app")


class Refused(Conflict):
    """A use case says no."""

    code = "tests.refused"
    zh = "不行"
    en = "No"


def keep(sku_id: int) -> None:
    """One new row, inside a use case."""
    db.session.add(StockItem(sku_id=sku_id, sku_code=f"S-{sku_id}", title="x"))


@pytest.fixture
def commits() -> Iterator[list[str]]:
    """One entry per commit of a session."""
    seen: list[str] = []

    def note(_session: Session) -> None:
        seen.append("commit")

    event.listen(Session, "after_commit", note)
    yield seen
    event.remove(Session, "after_commit", note)


def test_use_case_returns_its_result_and_its_changes_stay() -> None:
    @transactional
    def register(sku_id: int, *, title: str) -> str:
        db.session.add(StockItem(sku_id=sku_id, sku_code="S", title=title))
        return title

    assert register(1, title="apple") == "apple"
    assert count(StockItem) == 1


def test_error_takes_every_change_back() -> None:
    def work() -> None:
        keep(1)
        db.session.flush()
        keep(2)
        raise Refused

    with pytest.raises(Refused):
        in_transaction(work)
    assert count(StockItem) == 0


def test_interruption_takes_every_change_back() -> None:
    def work() -> None:
        keep(1)
        db.session.flush()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        in_transaction(work)
    assert count(StockItem) == 0
    assert not in_use_case()


def test_session_is_usable_after_a_refused_use_case() -> None:
    with pytest.raises(Refused):
        in_transaction(_refuse)
    in_transaction(lambda: keep(1))
    assert count(StockItem) == 1


def _refuse() -> None:
    raise Refused


def test_nested_use_cases_join_and_commit_once(commits: list[str]) -> None:
    inner = transactional(keep)

    @transactional
    def outer() -> None:
        inner(1)
        inner(2)
        assert commits == []

    outer()
    assert commits == ["commit"]
    assert count(StockItem) == 2


def test_error_after_a_nested_use_case_takes_it_back_too() -> None:
    inner = transactional(keep)

    def outer() -> None:
        inner(1)
        raise Refused

    with pytest.raises(Refused):
        in_transaction(outer)
    assert count(StockItem) == 0


def test_lost_race_runs_the_outermost_use_case_again_from_its_start() -> None:
    seen: list[str] = []

    def inner() -> None:
        seen.append("inner")
        if seen.count("inner") == 1:
            raise RunAgain

    def outer() -> str:
        seen.append("outer")
        in_transaction(inner)
        return "done"

    assert in_transaction(outer) == "done"
    assert seen == ["outer", "inner", "outer", "inner"]


def test_nothing_of_a_lost_attempt_stays() -> None:
    attempts: list[int] = []

    def work() -> None:
        attempts.append(len(attempts) + 1)
        keep(attempts[-1])
        db.session.flush()
        if len(attempts) < 3:
            raise RunAgain

    in_transaction(work)
    assert db.session.scalars(select(StockItem.sku_id)).all() == [3]


def test_object_read_by_a_lost_attempt_is_read_again() -> None:
    order_id = stored_order()
    seen: list[Order | None] = []

    def work() -> None:
        seen.append(db.session.get(Order, order_id))
        if len(seen) == 1:
            raise RunAgain

    in_transaction(work)
    assert seen[0] is not seen[1]


def test_three_lost_races_end_in_lost_race_and_change_nothing() -> None:
    attempts: list[int] = []

    def work() -> None:
        attempts.append(1)
        keep(1)
        db.session.flush()
        raise RunAgain

    with pytest.raises(LostRace):
        in_transaction(work)
    assert len(attempts) == 3
    assert count(StockItem) == 0


def test_refusal_is_not_tried_again() -> None:
    attempts: list[int] = []

    def work() -> None:
        attempts.append(1)
        raise Refused

    with pytest.raises(Refused):
        in_transaction(work)
    assert len(attempts) == 1


def test_stale_version_runs_the_use_case_again() -> None:
    order_id = stored_order()
    attempts: list[int] = []

    def work() -> None:
        order = db.session.get_one(Order, order_id)
        attempts.append(order.version)
        if len(attempts) == 1:
            # Somebody else was faster.
            faster = update(Order).where(Order.id == order_id).values(version=Order.version + 1)
            db.session.execute(faster, execution_options={"synchronize_session": False})
        order.remark = "mine"

    in_transaction(work)
    assert attempts == [1, 1]  # the other's change went back with our first attempt
    assert db.session.execute(select(Order.remark, Order.version)).one() == ("mine", 2)


def test_hook_runs_once_after_the_commit(commits: list[str]) -> None:
    stocked(1)
    commits.clear()
    seen: list[object] = []

    def work() -> None:
        add_one(1)
        after_commit(lambda: seen.append((list(commits), in_use_case(), on_hand(1))))
        assert seen == []

    in_transaction(work)
    assert seen == [(["commit"], False, 1)]


def test_hook_of_a_nested_use_case_waits_for_the_outermost() -> None:
    seen: list[str] = []

    def outer() -> None:
        in_transaction(lambda: after_commit(lambda: seen.append("hook")))
        seen.append("still inside")

    in_transaction(outer)
    assert seen == ["still inside", "hook"]


def test_hook_never_runs_when_the_use_case_fails() -> None:
    seen: list[str] = []

    def work() -> None:
        after_commit(lambda: seen.append("hook"))
        raise Refused

    with pytest.raises(Refused):
        in_transaction(work)
    in_transaction(lambda: None)
    assert seen == []


def test_hook_of_a_lost_attempt_is_forgotten() -> None:
    seen: list[int] = []
    attempts: list[int] = []

    def work() -> None:
        attempts.append(1)
        number = len(attempts)
        after_commit(lambda: seen.append(number))
        if number == 1:
            raise RunAgain

    in_transaction(work)
    assert seen == [2]


def test_failing_hook_fails_neither_the_use_case_nor_the_next_hook() -> None:
    seen: list[str] = []

    def work() -> str:
        keep(1)
        after_commit(lambda: 1 / 0)
        after_commit(lambda: seen.append("next"))
        return "done"

    assert in_transaction(work) == "done"
    assert seen == ["next"]
    assert count(StockItem) == 1


def test_hook_may_open_a_use_case_of_its_own() -> None:
    in_transaction(lambda: after_commit(lambda: in_transaction(lambda: keep(1))))
    assert count(StockItem) == 1


def test_hook_outside_a_use_case_is_refused() -> None:
    with pytest.raises(TransactionOpen):
        after_commit(lambda: None)


def test_object_added_outside_a_use_case_is_refused() -> None:
    keep(1)
    with pytest.raises(TransactionOpen, match="outside a @transactional use case"):
        in_transaction(lambda: None)
    db.session.expunge_all()
    assert count(StockItem) == 0


def test_object_changed_outside_a_use_case_is_refused() -> None:
    order = db.session.get_one(Order, stored_order())
    order.remark = "by the way"
    with pytest.raises(TransactionOpen):
        in_transaction(lambda: None)
    db.session.expunge_all()
    assert db.session.scalars(select(Order.remark)).one() == ""


def test_object_deleted_outside_a_use_case_is_refused() -> None:
    stocked(1)
    db.session.delete(db.session.get_one(StockItem, 1))
    with pytest.raises(TransactionOpen):
        in_transaction(lambda: None)
    db.session.rollback()
    assert count(StockItem) == 1


def test_reading_outside_does_not_hinder_a_use_case() -> None:
    stocked(1)
    db.session.scalars(select(StockItem)).all()
    in_transaction(lambda: add_one(1))
    assert on_hand(1) == 1


def test_what_a_use_case_returned_can_be_read_afterwards_without_a_query() -> None:
    order_id = stored_order()
    order = in_transaction(lambda: db.session.get_one(Order, order_id))
    db.session.remove()
    assert order.payable_fen == 899


def test_vendor_is_not_called_inside_a_use_case() -> None:
    with pytest.raises(TransactionOpen):
        in_transaction(assert_no_transaction)


def test_vendor_is_not_called_while_a_read_holds_a_connection() -> None:
    db.session.scalars(select(Stock)).all()
    with pytest.raises(TransactionOpen):
        assert_no_transaction()


def test_vendor_may_be_called_after_a_use_case_and_after_reading_has_ended() -> None:
    in_transaction(lambda: keep(1))
    assert_no_transaction()
    db.session.scalars(select(Stock)).all()
    end_reading()
    assert_no_transaction()


def test_use_case_does_not_end_by_end_reading() -> None:
    def work() -> None:
        keep(1)
        end_reading()

    with pytest.raises(TransactionOpen):
        in_transaction(work)
    assert count(StockItem) == 0

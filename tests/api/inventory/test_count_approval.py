"""A count sheet corrects the books as an adjustment does: one rule about adjustments governs both."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from backend.approval.domain.condition import Condition, Operator
from backend.inventory.domain.count import Count
from backend.inventory.wiring import services
from kit.db.extension import db
from kit.domain.identity import new_id
from tests.factories.approval import make_rule
from tests.factories.approval_desk import Desk
from tests.factories.inventory import level, new_sku, reserve
from tests.factories.statements import counted_statements
from tests.factories.stockroom import adjust, batch, deviations, enter, open_count, tracked_sku
from tests.factories.user import make_role
from tests.support.fresh import fresh_session
from tests.support.unchanged import nothing_changes

ABOVE_100 = Condition("quantity", Operator.GT, 100)
KEEPING = ("apr_request", "apr_request_step", "apr_history", "kit_outbox", "kit_idempotency")


@pytest.fixture
def desk(app: Flask, client: FlaskClient) -> Desk:
    """Who may post what others have counted."""
    return Desk(app, client, "inventory:post_count", "inventory:count", "inventory:read")


def sheet(*found: tuple[int, int]) -> int:
    """SKU and what was counted of it, one after the other."""
    count_id = open_count(*(sku_id for sku_id, _ in found))
    lines = {row.sku_id: row.line for row in services().counting.counts.lines(count_id)}
    enter(count_id, {lines[sku_id]: counted for sku_id, counted in found})
    return count_id


def posting(count_id: int) -> str:
    return f"/stock/counts/{count_id}/posting"


def state(count_id: int) -> str:
    fresh_session()
    found = db.session.scalar(select(Count.state).where(Count.id == count_id))
    assert found is not None
    return found.value


def test_without_a_rule_it_is_posted_at_once(desk: Desk) -> None:
    sku_id = new_sku(units=200)
    count_id = sheet((sku_id, 0))
    answer = desk.send(desk.manager, "POST", posting(count_id), {}).get_json()
    assert (answer["operator"], answer["source"]) == (f"staff:{desk.manager}", answer["reference"])
    assert (level(sku_id), state(count_id), desk.requests()) == ((0, 0), "posted", 0)


def test_counting_does_not_walk_round_the_rule_about_adjustments(desk: Desk) -> None:
    desk.rule("inventory.adjust", ABOVE_100)
    sku_id, more, same = new_sku(units=200), new_sku(units=5), new_sku(units=7)
    count_id = sheet((sku_id, 0), (more, 8), (same, 7))
    with nothing_changes(but=KEEPING):
        asked = desk.ask("POST", posting(count_id), {"reason": "仓库被盗"})
    assert (desk.inbox(desk.approver), desk.inbox(desk.manager)) == ([asked], [])
    detail = desk.detail(asked)
    assert (detail["action"], detail["action_zh"]) == ("inventory.count.post", "盘点过账")
    assert (detail["subject"], detail["reason"]) == (f"count:{count_id}", "仓库被盗")
    assert [line[1:] for line in desk.lines(asked)] == [("200", "0 (-200)"), ("5", "8 (+3)")]
    assert all("账面 → 实盘" in line[0] for line in desk.lines(asked))

    desk.approve(asked)
    assert (level(sku_id), level(more), level(same), state(count_id)) == ((0, 0), (8, 0), (7, 0), "posted")
    found = desk.send(desk.manager, "GET", f"/stock/documents?source=approval:{asked}").get_json()["items"]
    no = desk.send(desk.manager, "GET", f"/stock/counts/{count_id}").get_json()["no"]
    assert [(one["kind"], one["operator"], one["reference"], one["reason"]) for one in found] == [
        ("count", f"staff:{desk.manager}", f"count:{no}", "stock-take")
    ]
    assert detail["title"].endswith(f"{no} · stock-take")
    with nothing_changes(but=("kit_idempotency",)):
        assert desk.decide(asked).status_code == 200  # said again: nothing is done again
    assert deviations() == []


def test_small_differences_pass_and_those_of_all_lines_count_together(desk: Desk) -> None:
    desk.rule("inventory.adjust", ABOVE_100)
    skus = [new_sku(units=200), new_sku(units=200)]
    passed = sheet((skus[0], 150), (skus[1], 250))
    assert desk.send(desk.manager, "POST", posting(passed), {}).status_code == 201
    waits = sheet((skus[0], 100), (skus[1], 301))
    assert desk.send(desk.manager, "POST", posting(waits), {}).status_code == 202
    assert (level(skus[0]), state(waits)) == ((150, 0), "open")


def test_a_sheet_that_agrees_with_the_books_adjusts_nothing(desk: Desk) -> None:
    desk.rule("inventory.adjust")  # any adjustment at all
    sku_id = new_sku(units=7)
    assert desk.send(desk.manager, "POST", posting(sheet((sku_id, 7))), {}).status_code == 201
    assert desk.send(desk.manager, "POST", posting(sheet((sku_id, 6))), {}).status_code == 202


def test_a_rule_of_its_own_asks_about_counts_alone(desk: Desk) -> None:
    desk.rule("inventory.count.post", Condition("lines", Operator.GTE, 2))
    one, two = new_sku(units=9), new_sku(units=9)
    assert desk.send(desk.manager, "POST", posting(sheet((one, 8), (two, 9))), {}).status_code == 201
    assert desk.send(desk.manager, "POST", posting(sheet((one, 7), (two, 8))), {}).status_code == 202


def another_figure(desk: Desk, count_id: int, sku_id: int) -> None:
    enter(count_id, {1: 1})


def another_correction(desk: Desk, count_id: int, sku_id: int) -> None:
    adjust(sku_id, -1)


def posted_by_somebody_who_may(desk: Desk, count_id: int, sku_id: int) -> None:
    desk.act("POST", posting(count_id), {})


def given_up(desk: Desk, count_id: int, sku_id: int) -> None:
    desk.act("DELETE", f"/stock/counts/{count_id}")


@pytest.mark.parametrize("meanwhile", [another_figure, another_correction, posted_by_somebody_who_may, given_up])
def test_what_changed_the_sheet_or_the_books_makes_it_stale(desk: Desk, meanwhile: Any) -> None:
    desk.rule("inventory.adjust")
    sku_id = new_sku(units=9)
    count_id = sheet((sku_id, 0))
    asked = desk.ask("POST", posting(count_id), {})
    meanwhile(desk, count_id, sku_id)
    before = level(sku_id)
    answer = desk.decide(asked)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "approval.stale")
    assert (level(sku_id), desk.detail(asked)["state"], deviations()) == (before, "stale", [])


def test_sales_leave_it_alive_and_it_is_asked_again_against_what_is_true_now(desk: Desk) -> None:
    desk.rule("inventory.adjust")
    sku_id = new_sku(units=9)
    count_id = sheet((sku_id, 6))
    asked = desk.ask("POST", posting(count_id), {})
    reserve({sku_id: 2})
    adjust(sku_id, -1)  # finds one of the three
    assert desk.decide(asked).get_json()["code"] == "approval.stale"
    again = desk.resubmit(asked)
    assert [line[1:] for line in desk.lines(again)] == [("9", "6 (-2)")]
    reserve({sku_id: 1}, reference="order:2")
    adjust(new_sku(units=3), -1)  # of a SKU that is not on the sheet
    desk.approve(again)
    assert (level(sku_id), state(count_id), deviations()) == ((6, 3), "posted", [])


def test_lines_are_named_with_their_batches(desk: Desk) -> None:
    desk.rule("inventory.adjust", Condition("quantity", Operator.EQ, 3))
    sku_id = tracked_sku(("B1", 5, 4), ("B2", 9, 2))
    count_id = open_count(sku_id)
    enter(count_id, {1: 2, 2: 3})
    asked = desk.ask("POST", posting(count_id), {})
    said = desk.lines(asked)
    assert [line[1:] for line in said] == [("4", "2 (-2)"), ("2", "3 (+1)")]
    assert [line[0].rpartition(" ")[2] for line in said] == [batch("B1").batch_no, batch("B2").batch_no]
    desk.approve(asked)
    assert (level(sku_id), deviations()) == ((5, 0), [])


def test_the_same_key_gets_the_same_answer_and_asks_once(desk: Desk) -> None:
    desk.rule("inventory.adjust")
    path = posting(sheet((new_sku(units=9), 0)))
    first = desk.send(desk.manager, "POST", path, {}, key="posting-of-today")
    with nothing_changes():
        again = desk.send(desk.manager, "POST", path, {}, key="posting-of-today")
        other = desk.send(desk.manager, "POST", path, {"skip_uncounted": True}, key="posting-of-today")
    assert (first.status_code, again.status_code, other.status_code) == (202, 202, 422)
    assert (again.get_json(), again.headers["Idempotency-Replayed"]) == (first.get_json(), "true")
    assert desk.requests() == 1


def test_who_may_act_directly_posts_at_once_and_it_is_recorded(desk: Desk) -> None:
    desk.rule("inventory.adjust")
    sku_id = new_sku(units=9)
    count_id = sheet((sku_id, 4))
    written = desk.act("POST", posting(count_id), {"reason": "亲自点的"}).get_json()
    assert (level(sku_id), desk.kept()) == ((4, 0), [("inventory.count.post", "applied_directly")])
    recorded = desk.detail(written["source"].removeprefix("approval:"))
    assert (recorded["requester"], recorded["reason"]) == (f"staff:{desk.admin}", "亲自点的")


def test_what_is_rejected_leaves_the_sheet_open(desk: Desk) -> None:
    desk.rule("inventory.adjust")
    sku_id = new_sku(units=9)
    count_id = sheet((sku_id, 4))
    asked = desk.ask("POST", posting(count_id), {})
    assert desk.decide(asked, "reject").get_json()["state"] == "rejected"
    assert (level(sku_id), state(count_id)) == ((9, 0), "open")


def unknown() -> int:
    return new_id()


def uncounted() -> int:
    return open_count(new_sku(units=9))


def half_counted() -> int:
    count_id = open_count(new_sku(units=9), new_sku(units=9))
    enter(count_id, {1: 0})
    return count_id


def promised() -> int:
    sku_id = new_sku(units=9)
    reserve({sku_id: 3})
    return sheet((sku_id, 2))


@pytest.mark.parametrize(
    ("made", "status", "code"),
    [
        (unknown, 404, "inventory.count_not_found"),
        (uncounted, 409, "inventory.count_incomplete"),
        (half_counted, 409, "inventory.count_incomplete"),
        (promised, 409, "inventory.goods_promised"),
    ],
)
def test_what_cannot_be_posted_is_refused_at_once_and_nobody_is_asked(
    desk: Desk, made: Any, status: int, code: str
) -> None:
    desk.rule("inventory.adjust")
    path = posting(made())
    with nothing_changes():
        answer = desk.send(desk.manager, "POST", path, {})
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


def test_a_posted_sheet_is_not_posted_again(desk: Desk) -> None:
    count_id = sheet((new_sku(units=9), 0))
    desk.act("POST", posting(count_id), {})
    desk.rule("inventory.adjust")
    with nothing_changes():
        answer = desk.send(desk.manager, "POST", posting(count_id), {})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "inventory.count_not_open")


def test_a_rule_that_nobody_could_satisfy_is_told(desk: Desk) -> None:
    make_rule(make_role("approval:decide"), action="inventory.adjust")
    path = posting(sheet((new_sku(units=9), 0)))
    with nothing_changes():
        answer = desk.send(desk.manager, "POST", path, {})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "approval.nobody_can_decide")


@pytest.mark.parametrize("lines", [1, 5, 20])
def test_statements_do_not_grow(desk: Desk, lines: int) -> None:
    skus = [new_sku(units=90) for _ in range(lines)]

    def statements(who: int, counted: int, status: int) -> int:
        path = posting(sheet(*((sku_id, counted) for sku_id in skus)))
        with counted_statements() as seen:
            assert desk.send(who, "POST", path, {}).status_code == status
        return len(seen)

    at_once = statements(desk.manager, 80, 201)
    desk.rule("inventory.adjust")
    assert (at_once, statements(desk.manager, 70, 202), statements(desk.admin, 60, 201)) == (21, 39, 39)

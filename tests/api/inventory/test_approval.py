"""Stock is adjusted at once, or with the word of a second person (inventory.adjust)."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.approval.domain.condition import Condition, Operator
from backend.inventory.wiring import services
from kit.domain.clock import utc_now
from kit.domain.identity import new_id
from tests.factories.approval import make_rule
from tests.factories.approval_desk import Desk
from tests.factories.inventory import level, new_sku, reserve
from tests.factories.statements import counted_statements
from tests.factories.stockroom import deviations, new_location
from tests.factories.user import make_role
from tests.support.unchanged import nothing_changes

PATH = "/stock/adjustments"
ABOVE_100 = Condition("quantity", Operator.GT, 100)
KEEPING = ("apr_request", "apr_request_step", "apr_history", "kit_outbox", "kit_idempotency")


@pytest.fixture
def desk(app: Flask, client: FlaskClient) -> Desk:
    """Who may adjust and look."""
    return Desk(app, client, "inventory:adjust", "inventory:read")


def paper(*pairs: tuple[int, int], **over: Any) -> dict[str, Any]:
    lines = [{"sku_id": str(sku_id), "quantity": units} | over for sku_id, units in pairs]
    return {"reason": "盘亏", "lines": lines}


def documents(desk: Desk, **query: str) -> list[dict[str, Any]]:
    pairs = "&".join(f"{name}={value}" for name, value in query.items())
    return list(desk.send(desk.manager, "GET", f"/stock/documents?{pairs}").get_json()["items"])


def test_without_a_rule_it_is_booked_at_once(desk: Desk) -> None:
    sku_id = new_sku(units=5)
    answer = desk.send(desk.manager, "POST", PATH, paper((sku_id, -2)))
    assert (answer.status_code, answer.get_json()["source"]) == (201, None)
    assert (level(sku_id), desk.requests()) == ((3, 0), 0)


def test_small_corrections_pass_a_rule_about_large_ones(desk: Desk) -> None:
    desk.rule("inventory.adjust", ABOVE_100)
    sku_id, other = new_sku(units=500), new_sku(units=500)
    assert desk.send(desk.manager, "POST", PATH, paper((sku_id, -50), (other, 50))).status_code == 201
    # What one takes away and another adds counts together: splitting hairs does not get round it.
    assert desk.send(desk.manager, "POST", PATH, paper((sku_id, -50), (other, 51))).status_code == 202


def test_a_large_one_waits_is_shown_and_is_booked_once_when_it_is_approved(desk: Desk) -> None:
    desk.rule("inventory.adjust", ABOVE_100)
    sku_id, dated = new_sku(units=500), new_sku(units=7)
    body = paper((sku_id, -120), (dated, 3), unit_cost_fen=1250)
    with nothing_changes(but=KEEPING):
        asked = desk.ask("POST", PATH, body)
    assert (desk.inbox(desk.approver), desk.inbox(desk.manager)) == ([asked], [])

    detail = desk.detail(asked)
    assert (detail["action_zh"], detail["action_en"], detail["reason"]) == ("调整库存", "Adjust stock", "盘亏")
    assert detail["subject"] == "location:1"
    assert detail["title"].endswith("-120 … +1")
    said = [(line["field"].split(".")[0], line["old"], line["new"]) for line in detail["changes"]]
    assert said == [
        ("on_hand", "500", "380 (-120)"),
        ("unit_cost", None, "12.50"),
        ("on_hand", "7", "10 (+3)"),
        ("unit_cost", None, "12.50"),
    ]

    desk.approve(asked)
    assert (level(sku_id), level(dated), desk.inbox(desk.approver)) == ((380, 0), (10, 0), [])
    (document,) = documents(desk, source=f"approval:{asked}")
    assert (document["kind"], document["operator"], document["reason"]) == ("adjust", f"staff:{desk.manager}", "盘亏")
    assert [step["decided_by"] for step in desk.detail(asked)["steps"]] == [str(desk.approver)]
    with nothing_changes(but=("kit_idempotency",)):
        assert desk.decide(asked).status_code == 200  # said again: nothing is done again
        assert desk.decide(asked, by=desk.second).status_code == 409
    assert (level(sku_id), deviations()) == ((380, 0), [])


def test_the_same_key_gets_the_same_answer_and_asks_once(desk: Desk) -> None:
    desk.rule("inventory.adjust")
    body = paper((new_sku(units=5), -2))
    first = desk.send(desk.manager, "POST", PATH, body, key="intent-of-today")
    with nothing_changes():
        again = desk.send(desk.manager, "POST", PATH, body, key="intent-of-today")
    assert (first.status_code, again.status_code) == (202, 202)
    assert (again.get_json(), again.headers["Idempotency-Replayed"]) == (first.get_json(), "true")
    assert desk.requests() == 1


def test_who_may_act_directly_books_at_once_and_it_is_recorded(desk: Desk) -> None:
    desk.rule("inventory.adjust")
    sku_id = new_sku(units=5)
    written = desk.act("POST", PATH, paper((sku_id, -2))).get_json()
    assert (level(sku_id), desk.kept()) == ((3, 0), [("inventory.adjust", "applied_directly")])
    recorded = desk.detail(written["source"].removeprefix("approval:"))
    assert (recorded["requester"], recorded["subject"]) == (f"staff:{desk.admin}", f"stock:1:{sku_id}")
    assert [line["new"] for line in recorded["changes"]] == ["3 (-2)"]


def test_what_is_rejected_moves_nothing(desk: Desk) -> None:
    desk.rule("inventory.adjust")
    sku_id = new_sku(units=5)
    asked = desk.ask("POST", PATH, paper((sku_id, -2)))
    assert desk.decide(asked, "reject").get_json()["state"] == "rejected"
    assert (level(sku_id), documents(desk, kind="adjust")) == ((5, 0), [])


def test_sales_leave_a_request_alive_and_another_correction_makes_it_stale(desk: Desk) -> None:
    desk.rule("inventory.adjust")
    sku_id, other = new_sku(units=9), new_sku(units=9)
    asked = desk.ask("POST", PATH, paper((sku_id, -2), (other, 1)))
    reserve({sku_id: 3})
    desk.act("POST", PATH, paper((new_sku(units=1), -1)))  # of another SKU at the same location
    desk.approve(asked)

    asked = desk.ask("POST", PATH, paper((sku_id, -2), (other, 1)))
    desk.act("POST", PATH, paper((other, -4)))
    answer = desk.decide(asked)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "approval.stale")
    assert (level(sku_id), level(other), desk.detail(asked)["state"]) == ((7, 3), (6, 0), "stale")

    again = desk.resubmit(asked)
    assert [line[1:] for line in desk.lines(again)] == [("7", "5 (-2)"), ("6", "7 (+1)")]
    desk.approve(again)
    assert (level(sku_id), level(other), deviations()) == ((5, 3), (7, 0), [])


def test_what_became_impossible_takes_the_decision_back_and_says_why(desk: Desk) -> None:
    desk.rule("inventory.adjust")
    sku_id = new_sku(units=5)
    asked = desk.ask("POST", PATH, paper((sku_id, -4)))
    reserve({sku_id: 3})
    with nothing_changes():
        answer = desk.decide(asked)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "approval.apply_refused")
    assert answer.get_json()["errors"]["cause"]["code"] == "inventory.goods_promised"
    assert desk.detail(asked)["state"] == "pending"


@pytest.mark.parametrize("case", ["too many", "unknown sku", "unknown location", "archived", "repeated"])
def test_what_cannot_be_booked_is_refused_at_once_and_nobody_is_asked(desk: Desk, case: str) -> None:
    desk.rule("inventory.adjust")
    sku_id = new_sku(units=5)
    body, status, code = {
        "too many": (paper((sku_id, -6)), 409, "inventory.out_of_stock"),
        "unknown sku": (paper((new_id(), 1)), 404, "inventory.unknown_sku"),
        "unknown location": (paper((sku_id, 1)) | {"location_id": str(new_id())}, 404, "inventory.location_not_found"),
        "archived": (paper((sku_id, 1)) | {"location_id": archived()}, 409, "inventory.location_archived"),
        "repeated": (paper((sku_id, 1), (sku_id, 1)), 422, "inventory.line_repeated"),
    }[case]
    with nothing_changes():
        answer = desk.send(desk.manager, "POST", PATH, body)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


def archived() -> str:
    location_id = new_location()
    services().places.archive_location(location_id, version=1, now=utc_now())
    return str(location_id)


def test_a_rule_that_nobody_could_satisfy_is_told(desk: Desk) -> None:
    make_rule(make_role("approval:decide"), action="inventory.adjust")
    body = paper((new_sku(units=5), -2))
    with nothing_changes():
        answer = desk.send(desk.manager, "POST", PATH, body)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "approval.nobody_can_decide")


@pytest.mark.parametrize("count", [1, 5, 20])
def test_statements_do_not_grow(desk: Desk, count: int) -> None:
    skus = [(new_sku(units=9), -1) for _ in range(count)]

    def statements(who: int, status: int) -> int:
        with counted_statements() as seen:
            assert desk.send(who, "POST", PATH, paper(*skus)).status_code == status
        return len(seen)

    at_once = statements(desk.manager, 201)
    desk.rule("inventory.adjust")
    assert (at_once, statements(desk.manager, 202), statements(desk.admin, 201)) == (15, 25, 25)

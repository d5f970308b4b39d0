"""Goods that are written off leave the books as by an adjustment: one rule about adjustments governs both."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.approval.domain.condition import Condition, Operator
from kit.domain.identity import new_id
from tests.factories.approval_desk import Desk
from tests.factories.inventory import level, new_sku, reserve
from tests.factories.statements import counted_statements
from tests.factories.stockroom import adjust, deviations, tracked_sku
from tests.support.unchanged import nothing_changes

PATH = "/stock/write-offs"
ABOVE_100 = Condition("quantity", Operator.GT, 100)
KEEPING = ("apr_request", "apr_request_step", "apr_history", "kit_outbox", "kit_idempotency")


@pytest.fixture
def desk(app: Flask, client: FlaskClient) -> Desk:
    """Who may write off and look."""
    return Desk(app, client, "inventory:write_off", "inventory:read")


def paper(*pairs: tuple[int, int]) -> dict[str, Any]:
    return {"reason": "破损", "lines": [{"sku_id": str(sku_id), "quantity": units} for sku_id, units in pairs]}


def test_small_ones_are_written_off_at_once(desk: Desk) -> None:
    desk.rule("inventory.adjust", ABOVE_100)
    sku_id = new_sku(units=500)
    answer = desk.send(desk.manager, "POST", PATH, paper((sku_id, 100)))
    assert (answer.status_code, answer.get_json()["source"]) == (201, None)
    assert (level(sku_id), desk.requests()) == ((400, 0), 0)


def test_a_large_one_waits_is_shown_and_is_booked_once_when_it_is_approved(desk: Desk) -> None:
    desk.rule("inventory.adjust", ABOVE_100)
    sku_id, dated = new_sku(units=500), tracked_sku(("B1", 5, 7))
    body = paper((sku_id, 98))
    body["lines"].append({"sku_id": str(dated), "quantity": 3, "batch_no": "B1"})
    with nothing_changes(but=KEEPING):
        asked = desk.ask("POST", PATH, body)
    detail = desk.detail(asked)
    assert (detail["action"], detail["action_zh"], detail["reason"]) == ("inventory.write_off", "报损", "破损")
    assert detail["title"].endswith("-98 … +1")
    assert [line[1:] for line in desk.lines(asked)] == [("500", "402 (-98)"), ("7", "4 (-3)")]
    assert desk.lines(asked)[1][0].endswith("批次 B1")

    desk.approve(asked)
    assert (level(sku_id), level(dated), deviations()) == ((402, 0), (4, 0), [])
    (document,) = desk.send(desk.manager, "GET", f"/stock/documents?source=approval:{asked}").get_json()["items"]
    assert (document["kind"], document["operator"]) == ("write_off", f"staff:{desk.manager}")
    with nothing_changes(but=("kit_idempotency",)):
        assert desk.decide(asked).status_code == 200  # said again: nothing is done again


def test_another_write_off_leaves_it_alive_and_a_correction_makes_it_stale(desk: Desk) -> None:
    desk.rule("inventory.adjust")
    sku_id = new_sku(units=9)
    asked = desk.ask("POST", PATH, paper((sku_id, 2)))
    desk.act("POST", PATH, paper((sku_id, 1)))
    reserve({sku_id: 1})
    desk.approve(asked)
    asked = desk.ask("POST", PATH, paper((sku_id, 2)))
    adjust(sku_id, -2)
    assert desk.decide(asked).get_json()["code"] == "approval.stale"
    assert (level(sku_id), desk.detail(asked)["state"], deviations()) == ((4, 1), "stale", [])


def test_a_rule_of_its_own_asks_about_write_offs(desk: Desk) -> None:
    desk.rule("inventory.write_off", Condition("lines", Operator.GTE, 2))
    one, two = new_sku(units=9), new_sku(units=9)
    assert desk.send(desk.manager, "POST", PATH, paper((one, 1))).status_code == 201
    assert desk.send(desk.manager, "POST", PATH, paper((one, 1), (two, 1))).status_code == 202


def test_what_has_expired_never_waits(desk: Desk) -> None:
    desk.rule("inventory.adjust")
    sku_id = tracked_sku(("GONE", -1, 3), ("FRESH", 9, 2))
    answer = desk.send(desk.manager, "POST", f"{PATH}/expired", {"reason": "过期"})
    assert (answer.status_code, level(sku_id), desk.requests()) == (201, (2, 0), 0)


def test_the_same_key_gets_the_same_answer_and_asks_once(desk: Desk) -> None:
    desk.rule("inventory.adjust")
    body = paper((new_sku(units=5), 2))
    first = desk.send(desk.manager, "POST", PATH, body, key="loss-of-today")
    with nothing_changes():
        again = desk.send(desk.manager, "POST", PATH, body, key="loss-of-today")
    assert (first.status_code, again.status_code, again.get_json()) == (202, 202, first.get_json())
    assert (again.headers["Idempotency-Replayed"], desk.requests()) == ("true", 1)


def test_who_may_act_directly_writes_off_at_once_and_it_is_recorded(desk: Desk) -> None:
    desk.rule("inventory.adjust")
    sku_id = new_sku(units=5)
    written = desk.act("POST", PATH, paper((sku_id, 2))).get_json()
    assert (level(sku_id), desk.kept()) == ((3, 0), [("inventory.write_off", "applied_directly")])
    assert desk.detail(written["source"].removeprefix("approval:"))["requester"] == f"staff:{desk.admin}"


@pytest.mark.parametrize("case", ["too many", "unknown sku", "unknown location", "repeated", "no batch"])
def test_what_cannot_be_booked_is_refused_at_once_and_nobody_is_asked(desk: Desk, case: str) -> None:
    desk.rule("inventory.adjust")
    sku_id = new_sku(units=5)
    body, status, code = {
        "too many": (paper((sku_id, 6)), 409, "inventory.out_of_stock"),
        "unknown sku": (paper((new_id(), 1)), 404, "inventory.unknown_sku"),
        "unknown location": (paper((sku_id, 1)) | {"location_id": str(new_id())}, 404, "inventory.location_not_found"),
        "repeated": (paper((sku_id, 1), (sku_id, 1)), 422, "inventory.line_repeated"),
        "no batch": (paper((tracked_sku(("B1", 5, 7)), 1)), 422, "inventory.batch_needed"),
    }[case]
    with nothing_changes():
        answer = desk.send(desk.manager, "POST", PATH, body)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


@pytest.mark.parametrize("count", [1, 5, 20])
def test_statements_do_not_grow(desk: Desk, count: int) -> None:
    skus = [(new_sku(units=9), 1) for _ in range(count)]

    def statements(who: int, status: int) -> int:
        with counted_statements() as seen:
            assert desk.send(who, "POST", PATH, paper(*skus)).status_code == status
        return len(seen)

    at_once = statements(desk.manager, 201)
    desk.rule("inventory.adjust")
    assert (at_once, statements(desk.manager, 202), statements(desk.admin, 201)) == (15, 25, 25)

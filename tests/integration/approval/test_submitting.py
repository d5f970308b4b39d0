"""A change is made at once, made and recorded, or kept until others agree."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from backend.approval import events as facts
from backend.approval import facade
from backend.approval.domain.condition import Condition, Operator
from backend.approval.domain.error import NobodyCanDecide, SubjectGone, SubjectMoved
from backend.approval.domain.request import Request
from backend.approval.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.event.outbox import add_event
from kit.service.transaction import after_commit, in_transaction
from tests.factories.approval import (
    ACTION,
    NameForbidden,
    Office,
    Rename,
    approve,
    change_role,
    make_member,
    make_rule,
    plugged_in,
    request_row,
    story,
    take_roles,
)
from tests.factories.statements import counted_statements
from tests.factories.user import make_role, make_staff
from tests.support.outbox import events
from tests.support.unchanged import nothing_changes


def requests() -> int:
    return int(db.session.scalar(select(func.count()).select_from(Request)) or 0)


def test_without_a_rule_the_change_is_made_at_once_and_nothing_is_kept(office: Office) -> None:
    made = office.ask()
    assert (made.applied, made.result, made.request_id) == (True, {"renamed_by": f"staff:{office.clerk}"}, None)
    assert (office.name(), requests()) == ("新名字", 0)


def test_a_rule_that_is_switched_off_asks_for_nothing(office: Office) -> None:
    make_rule(office.manager_role, enabled=False)
    assert office.ask().applied


def test_a_rule_that_applies_keeps_the_change_for_later(office: Office) -> None:
    make_rule(office.manager_role, hours=5)
    now, version = utc_now(), office.version()
    request_id = office.asked(reason="客户要求", now=now)

    assert office.name() == "老名字"
    request = request_row(request_id)
    assert (request.state.value, request.step, request.subject_version) == ("pending", 1, version)
    assert (request.payload, request.is_intact()) == ('{"nickname":"新名字"}', True)
    assert (request.title, request.reason) == ("老名字", "客户要求")
    assert request.changes == [
        {"field": "nickname", "zh": "昵称", "en": "Nickname", "old": "老名字", "new": "新名字"},
    ]
    assert request.because == ["改名要审批 (always)"]
    assert (request.due_at - request.created_at).total_seconds() == 5 * 3600  # type: ignore[operator]  # a request that waits has one
    assert [(step.role_id, step.decision) for step in request.steps] == [(office.manager_role, None)]
    assert story(request_id) == [("submit", None, "pending", f"staff:{office.clerk}", "客户要求")]
    assert [event["request_id"] for event in events("approval.requested")] == [request_id]


@pytest.mark.parametrize(
    ("operator", "percent", "waits"),
    [
        (Operator.GT, "10", False),
        (Operator.GT, "10.01", True),
        (Operator.GTE, "10", True),
        (Operator.LT, "9.99", True),
        (Operator.LT, "10", False),
        (Operator.LTE, "10", True),
        (Operator.EQ, "10.00", True),
        (Operator.EQ, "10.01", False),
    ],
)
def test_a_condition_is_held_against_the_fact_exactly(
    office: Office, operator: Operator, percent: str, waits: bool
) -> None:
    make_rule(office.manager_role, condition=Condition("percent", operator, 10))
    assert office.ask(percent=percent).applied is not waits


def test_of_several_rules_that_apply_all_steps_are_asked_for_and_the_shortest_time_counts(office: Office) -> None:
    make_rule(office.manager_role, hours=10)
    make_rule(office.manager_role, office.owner_role, condition=Condition("length", Operator.GT, 1), hours=5)
    make_rule(make_role("approval:decide"), condition=Condition("length", Operator.GT, 100))
    request = request_row(office.asked())
    assert [step.role_id for step in request.steps] == [office.manager_role, office.owner_role]
    assert (request.due_at - request.created_at).total_seconds() == 5 * 3600  # type: ignore[operator]  # a request that waits has one
    assert len(request.because) == 2


def test_who_may_act_directly_changes_at_once_and_it_is_recorded(office: Office) -> None:
    make_rule(office.manager_role)
    boss = make_staff({"approval:act_directly"})
    made = office.ask(by=boss, reason="急")
    assert (made.applied, made.result) == (True, {"renamed_by": f"staff:{boss}"})
    assert made.request_id is not None
    request = request_row(made.request_id)
    assert (request.state.value, request.step, request.due_at, request.steps) == ("applied_directly", 0, None, [])
    assert request.changes[0]["old"] == "老名字"
    assert story(made.request_id) == [("apply_directly", None, "applied_directly", f"staff:{boss}", "急")]
    assert [event["directly"] for event in events("approval.granted")] == [True]
    assert office.name() == "新名字"


def test_a_change_that_is_also_another_action_is_judged_by_the_rules_of_both(office: Office) -> None:
    rude = Rename()
    rude.action = "user.call_names"
    with plugged_in(rude):
        make_rule(office.owner_role, action=rude.action, name="骂人", condition=Condition("length", Operator.GT, 2))
        assert office.ask("新名字").applied
        assert office.ask("坏", rude=True).applied
        request = request_row(office.asked("坏坏坏", rude=True))
        assert (request.action, request.because) == (ACTION, ["骂人 (length > 2)"])
        make_rule(office.manager_role)
        assert len(request_row(office.asked("坏坏坏", rude=True)).steps) == 2


def test_another_right_to_act_directly_is_recorded_too(office: Office) -> None:
    make_rule(office.manager_role)
    version = office.version()
    made = facade.submit(
        action=ACTION,
        subject=office.subject,
        subject_version=version,
        payload={"nickname": "导入的"},
        actor=f"staff:{office.clerk}",
        directly=True,
        now=utc_now(),
    )
    assert (made.applied, office.name()) == (True, "导入的")
    assert made.request_id is not None
    assert request_row(made.request_id).state.value == "applied_directly"


def test_the_program_itself_acts_directly_and_is_recorded(office: Office) -> None:
    make_rule(office.manager_role)
    made = facade.submit(
        action=ACTION,
        subject=office.subject,
        subject_version=office.version(),
        payload={"nickname": "夜里改的"},
        actor="system:catalog.schedule",
        now=utc_now(),
    )
    assert made.applied
    assert made.request_id is not None
    assert request_row(made.request_id).requester_id is None


@pytest.mark.parametrize("actor", ["member:1", "", "staff:", "staff:x", "root"])
def test_nobody_else_asks(office: Office, actor: str) -> None:
    with nothing_changes(), pytest.raises(ValueError, match=r"neither ask|invalid literal"):
        facade.submit(
            action=ACTION,
            subject=office.subject,
            subject_version=1,
            payload={},
            actor=actor,
            now=utc_now(),
        )


def test_who_left_does_not_act_directly(office: Office) -> None:
    make_rule(office.manager_role)
    boss = make_member(make_role("approval:act_directly"))
    take_roles(boss)
    assert not office.ask(by=boss).applied


def test_a_change_against_an_old_version_is_refused(office: Office) -> None:
    seen = office.version()
    office.rename_behind()
    for rules in (0, 1):
        if rules:
            make_rule(office.manager_role)
        with nothing_changes(), pytest.raises(SubjectMoved) as refusal:
            office.ask(version=seen)
        assert refusal.value.params == {"current": seen + 1, "yours": seen}


def test_a_change_of_nothing_is_refused(office: Office) -> None:
    office.customer = 4711
    with nothing_changes(), pytest.raises(SubjectGone):
        office.ask(version=1)


def test_a_change_that_is_refused_leaves_neither_change_nor_record(office: Office) -> None:
    make_rule(office.manager_role)
    boss = make_staff({"approval:act_directly"})
    office.forbid("forbidden")
    with nothing_changes(), pytest.raises(NameForbidden):
        office.ask("forbidden", by=boss)


def test_what_cannot_be_done_is_refused_before_anybody_is_asked(office: Office) -> None:
    make_rule(office.manager_role)
    office.forbid("forbidden")
    with nothing_changes(), pytest.raises(NameForbidden):
        office.ask("forbidden")


def test_trying_a_change_leaves_no_trace_of_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    make_rule(office.manager_role)
    told: list[str] = []
    whole = Rename.apply

    def apply_and_tell(self: Rename, subject: str, payload: Any, mandate: facade.Mandate, now: Any) -> Any:
        after_commit(lambda: told.append("a change that was only tried"))
        add_event(facts.ApprovalGranted(request_id=1, action="x", subject="x", directly=True), at=now)
        return whole(self, subject, payload, mandate, now)

    monkeypatch.setattr(Rename, "apply", apply_and_tell)
    version = office.version()
    request_id = office.asked()
    assert (office.name(), office.version(), told, events("approval.granted")) == ("老名字", version, [], [])
    approve(request_id, office.manager)
    assert (office.name(), len(told), len(events("approval.granted"))) == ("新名字", 1, 2)


def test_a_record_that_cannot_be_written_takes_the_change_back(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    make_rule(office.manager_role)
    boss = make_staff({"approval:act_directly"})

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(services().submitting.requests, "add_new", broken)
    with nothing_changes(), pytest.raises(ZeroDivisionError):
        office.ask(by=boss)


def test_it_joins_the_transaction_of_whoever_asks(office: Office) -> None:
    make_rule(office.manager_role)
    version = office.version()

    def fail_after() -> None:
        office.ask(version=version)
        raise ZeroDivisionError

    with nothing_changes(), pytest.raises(ZeroDivisionError):
        in_transaction(fail_after)


@pytest.mark.parametrize("gone", ["nobody holds it", "only the requester holds it", "the holder may no more"])
def test_a_request_that_nobody_could_decide_is_refused(office: Office, gone: str) -> None:
    role = make_role("approval:decide")
    requester = make_member(role) if gone == "only the requester holds it" else office.clerk
    make_rule(office.manager_role, role)
    if gone == "the holder may no more":
        make_member(role)
        change_role(role, "approval:read")
    with nothing_changes(), pytest.raises(NobodyCanDecide) as refusal:
        office.ask(by=requester)
    assert len(refusal.value.errors["roles"]) == 1


def test_steps_that_the_same_person_would_have_to_decide_are_nobodys(office: Office) -> None:
    """Nobody decides two steps of one request: it could only wait until it expires."""
    both = make_role("approval:decide")
    make_member(both, office.owner_role)
    make_rule(both, both)
    with nothing_changes(), pytest.raises(NobodyCanDecide) as refusal:
        office.ask()
    assert len(refusal.value.errors["roles"]) == 1
    make_member(both)
    office.asked()


def test_a_role_that_was_deleted_is_named_as_nobodys(office: Office) -> None:
    role = make_role("approval:decide")
    make_rule(role)
    from backend.user.wiring import services as user  # noqa: PLC0415

    in_transaction(lambda: user().roles.remove(user().roles.lock(role)))
    with nothing_changes(), pytest.raises(NobodyCanDecide):
        office.ask()


@pytest.mark.parametrize("value", [1.5, True, float("nan"), Decimal("NaN"), Decimal("Infinity"), "12", None])
def test_a_fact_that_is_no_exact_number_is_a_bug_that_changes_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch, value: object
) -> None:
    make_rule(office.manager_role, condition=Condition("length", Operator.GT, 1))
    monkeypatch.setattr(Rename, "facts_of", lambda *_: {"length": value})
    with nothing_changes(), pytest.raises(TypeError):
        office.ask()


def test_a_fact_that_is_not_given_counts_as_met(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    make_rule(office.manager_role, condition=Condition("length", Operator.GT, 1000))
    monkeypatch.setattr(Rename, "facts_of", lambda *_: {})
    assert not office.ask().applied


@pytest.mark.parametrize("payload", [{"x": float("nan")}, {"x": "\ud800"}, {"x": object()}, {"x": "米" * 400_000}])
def test_a_payload_that_is_no_json_or_too_large_is_refused(office: Office, payload: dict[str, object]) -> None:
    with nothing_changes(), pytest.raises((ValueError, TypeError)):
        facade.submit(
            action=ACTION,
            subject=office.subject,
            subject_version=office.version(),
            payload=payload,
            actor=f"staff:{office.clerk}",
            now=utc_now(),
        )


def test_an_action_has_one_executor(office: Office) -> None:
    with pytest.raises(ValueError, match="has an executor"), plugged_in(Rename()):
        pass


def test_an_executor_names_each_fact_once(office: Office) -> None:
    twice = Rename()
    twice.action, twice.facts = "user.other", (*Rename.facts, Rename.facts[0])
    with pytest.raises(ValueError, match="names a fact twice"), plugged_in(twice):
        pass


def test_without_a_rule_asking_costs_one_statement_more_than_the_change(office: Office) -> None:
    version = office.version()
    with counted_statements() as statements:
        office.ask(version=version)
    assert len([one for one in statements if "apr_" in one]) == 1

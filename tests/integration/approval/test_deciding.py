"""Decisions: four eyes, all or nothing, once, and never on something other than what was submitted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, text, update

from backend.approval.domain.error import (
    ApplyRefused,
    DecidedBefore,
    ExecutorMissing,
    NotPending,
    NotRequester,
    OwnRequest,
    PayloadTampered,
    RequestNotFound,
    RequestStale,
    RoleNotHeld,
    StepPassed,
    SubjectGone,
)
from backend.approval.domain.request import Request
from backend.approval.domain.rule import RuleDraft
from backend.approval.service.query import Viewer
from backend.approval.wiring import services
from backend.user.domain.customer import Customer
from backend.user.wiring import services as user
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.service.transaction import TransactionOpen, in_transaction
from tests.factories.approval import (
    Office,
    Rename,
    approve,
    make_member,
    make_rule,
    reject,
    request_row,
    state_of,
    story,
    take_roles,
)
from tests.support.outbox import events
from tests.support.unchanged import nothing_changes

HOUR = timedelta(hours=1)


@pytest.fixture
def two_steps(office: Office) -> int:
    """A pending request: a manager, then the owner."""
    make_rule(office.manager_role, office.owner_role)
    return office.asked()


def viewer(staff_id: int, *, sees_all: bool = False) -> Viewer:
    return services().query.viewer(staff_id, sees_all=sees_all)


def test_the_only_step_says_yes_and_the_change_is_made(office: Office, asked: int) -> None:
    approve(asked, office.manager, comment="好")
    assert (office.name(), state_of(asked)) == ("新名字", "approved")
    assert story(asked)[1:] == [("approve", "pending", "approved", f"staff:{office.manager}", "好")]
    request = request_row(asked)
    assert (request.due_at, request.closed_at is not None) == (None, True)
    assert [(step.decision, step.decided_by) for step in request.steps] == [("approved", office.manager)]
    assert [(event["request_id"], event["directly"]) for event in events("approval.granted")] == [(asked, False)]


def test_of_two_steps_the_last_makes_the_change(office: Office, two_steps: int) -> None:
    approve(two_steps, office.manager)
    assert (office.name(), state_of(two_steps), request_row(two_steps).step) == ("老名字", "pending", 2)
    approve(two_steps, office.owner, step=2)
    assert (office.name(), state_of(two_steps)) == ("新名字", "approved")
    assert [verb for verb, *_ in story(two_steps)] == ["submit", "agree", "approve"]
    assert [event["step"] for event in events("approval.requested")] == [1, 2]


def test_a_no_ends_it_at_any_step(office: Office, two_steps: int) -> None:
    approve(two_steps, office.manager)
    reject(two_steps, office.owner, step=2, comment="太短")
    assert (office.name(), state_of(two_steps)) == ("老名字", "rejected")
    assert story(two_steps)[-1] == ("reject", "pending", "rejected", f"staff:{office.owner}", "太短")
    assert len(events("approval.rejected")) == 1


def test_nobody_decides_on_their_own_request(office: Office) -> None:
    make_rule(office.manager_role)
    own = office.asked(by=office.manager)
    for decide in (approve, reject):
        with nothing_changes(), pytest.raises(OwnRequest):
            decide(own, office.manager)
    approve(own, office.deputy)
    assert state_of(own) == "approved"


def test_nobody_decides_on_two_steps_of_one_request(office: Office) -> None:
    both = make_member(office.manager_role, office.owner_role)
    make_rule(office.manager_role, office.owner_role)
    asked = office.asked()
    approve(asked, both)
    for decide in (approve, reject):
        with nothing_changes(), pytest.raises(DecidedBefore):
            decide(asked, both, step=2)
    approve(asked, office.owner, step=2)
    assert office.name() == "新名字"


def test_a_role_named_twice_is_two_people(office: Office) -> None:
    make_rule(office.manager_role, office.manager_role)
    asked = office.asked()
    approve(asked, office.manager)
    with nothing_changes(), pytest.raises(DecidedBefore):
        approve(asked, office.manager, step=2)
    approve(asked, office.deputy, step=2)
    assert state_of(asked) == "approved"


def test_only_the_role_of_the_step_decides(office: Office, two_steps: int) -> None:
    for stranger in (office.owner, make_member()):
        for decide in (approve, reject):
            with nothing_changes(), pytest.raises(RoleNotHeld):
                decide(two_steps, stranger)


def test_a_decider_who_has_lost_the_role_decides_no_more(office: Office, asked: int) -> None:
    take_roles(office.manager)
    with nothing_changes(), pytest.raises(RoleNotHeld):
        approve(asked, office.manager)


def test_a_decision_names_its_step(office: Office, two_steps: int) -> None:
    for step in (2, 3, 0):
        with nothing_changes(), pytest.raises(StepPassed):
            approve(two_steps, office.manager, step=step)
    approve(two_steps, office.manager)
    with nothing_changes(), pytest.raises(StepPassed) as refusal:
        approve(two_steps, office.deputy, step=1)
    assert refusal.value.params == {"current": 2}


def test_a_repeated_yes_changes_nothing_more(office: Office, two_steps: int) -> None:
    approve(two_steps, office.manager)
    with nothing_changes():
        assert approve(two_steps, office.manager).step == 2
    approve(two_steps, office.owner, step=2)
    with nothing_changes():
        assert approve(two_steps, office.owner, step=2).state == "approved"


def test_what_is_over_is_decided_no_more(office: Office, asked: int) -> None:
    reject(asked, office.manager)
    for decide in (approve, reject):
        with nothing_changes(), pytest.raises(NotPending):
            decide(asked, office.deputy)
    with nothing_changes(), pytest.raises(NotPending):
        services().following.withdraw(asked, viewer=viewer(office.clerk), comment="", now=utc_now())


def test_a_request_that_is_not_there(office: Office) -> None:
    for decide in (approve, reject):
        with nothing_changes(), pytest.raises(RequestNotFound):
            decide(4711, office.manager)


def test_a_change_that_is_refused_takes_the_decision_back_and_says_why(office: Office) -> None:
    make_rule(office.manager_role)
    asked = office.asked("forbidden")
    office.forbid("forbidden")
    with nothing_changes(), pytest.raises(ApplyRefused) as refusal:
        approve(asked, office.manager)
    assert refusal.value.errors == {"cause": {"code": "tests.name_forbidden", "errors": {"nickname": ["forbidden"]}}}
    assert refusal.value.message("zh").endswith("：这个名字不行")
    assert refusal.value.message("en").endswith(": Not that name")
    assert (state_of(asked), office.name()) == ("pending", "老名字")


def test_a_commit_that_fails_leaves_neither_decision_nor_change(
    office: Office, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied: list[str] = []
    whole = Rename.apply

    def apply_then_lose_the_commit(self: Rename, *arguments: object) -> object:
        result = whole(self, *arguments)  # type: ignore[arg-type]  # whatever was given
        applied.append("yes")
        session = db.session()
        monkeypatch.setattr(session, "commit", _broken)
        return result

    monkeypatch.setattr(Rename, "apply", apply_then_lose_the_commit)
    with nothing_changes(), pytest.raises(ZeroDivisionError):
        approve(asked, office.manager)
    assert applied == ["yes"]


def _broken() -> None:
    raise ZeroDivisionError


def test_a_subject_that_moved_on_makes_the_request_stale_for_good(office: Office, asked: int) -> None:
    office.rename_behind()
    with pytest.raises(RequestStale):
        approve(asked, office.manager)
    assert (state_of(asked), office.name()) == ("stale", "别人改的")
    assert story(asked)[-1][:3] == ("outdate", "pending", "stale")
    assert [event["request_id"] for event in events("approval.stale")] == [asked]
    with nothing_changes(), pytest.raises(NotPending):
        approve(asked, office.deputy)


def test_a_subject_that_is_gone_makes_it_stale_and_it_cannot_be_asked_for_again(office: Office, asked: int) -> None:
    in_transaction(lambda: db.session.execute(text("DELETE FROM usr_identity")))
    in_transaction(lambda: db.session.execute(delete(Customer).where(Customer.id == office.customer)))
    with pytest.raises(RequestStale):
        approve(asked, office.manager)
    with nothing_changes(), pytest.raises(SubjectGone):
        services().submitting.resubmit(asked, staff_id=office.clerk, comment="", now=utc_now())


def test_a_decision_is_a_transaction_of_its_own(office: Office, asked: int) -> None:
    """Else the request would not stay stale when its answer is a refusal."""
    with pytest.raises(TransactionOpen):
        in_transaction(lambda: approve(asked, office.manager))
    assert state_of(asked) == "pending"


@pytest.mark.parametrize(
    "tampering",
    [
        {"payload": '{"nickname":"坏人"}'},
        {"subject": "customer:1"},
        {"subject_version": 99},
        {"requester": "staff:1"},
        {"requester_id": None},
        {"requester_id": 1},
        {"changes": []},
        {"title": "无害"},
        {"reason": "老板同意"},
        {"digest": "0" * 64},
    ],
)
def test_what_was_changed_behind_the_programs_back_is_not_applied(
    office: Office, asked: int, tampering: dict[str, object]
) -> None:
    in_transaction(lambda: db.session.execute(update(Request).where(Request.id == asked).values(**tampering)))
    with nothing_changes(), pytest.raises(PayloadTampered):
        approve(asked, office.manager)
    reject(asked, office.manager)
    assert state_of(asked) == "rejected"


def test_a_step_changed_or_taken_away_behind_its_back_is_noticed(office: Office, two_steps: int) -> None:
    in_transaction(lambda: db.session.execute(text("DELETE FROM apr_request_step WHERE position = 2")))
    with nothing_changes(), pytest.raises(PayloadTampered):
        approve(two_steps, office.manager)


def test_a_rule_that_changes_or_goes_leaves_what_waits_as_it_is(office: Office) -> None:
    rule_id = make_rule(office.manager_role, office.owner_role)
    asked = office.asked()
    rule = services().configuring.rules.get(rule_id)
    draft = RuleDraft(
        name="x", action=rule.action, condition=None, role_ids=[office.owner_role], expiry_hours=1, enabled=True
    )
    changed = services().configuring.change(rule_id, draft, version=rule.version, by="staff:1", now=utc_now())
    services().configuring.delete(rule_id, version=changed.version)
    assert office.ask("别的").applied
    assert [step.role_id for step in request_row(asked).steps] == [office.manager_role, office.owner_role]


def test_without_the_executor_nothing_is_applied_but_it_can_be_rejected(office: Office, asked: int) -> None:
    executors = services().executors._by_action
    kept = executors.pop("user.rename")
    try:
        with nothing_changes(), pytest.raises(ExecutorMissing):
            approve(asked, office.manager)
        reject(asked, office.manager)
    finally:
        executors["user.rename"] = kept


def test_a_deleted_role_leaves_a_request_that_nobody_decides_and_its_requester_takes_back(office: Office) -> None:
    lone = make_member(role := _role())
    make_rule(role)
    asked = office.asked()
    take_roles(lone)
    in_transaction(lambda: user().roles.remove(user().roles.lock(role)))
    for staff_id in (lone, office.manager, office.owner):
        with nothing_changes(), pytest.raises(RoleNotHeld):
            approve(asked, staff_id)
    services().following.withdraw(asked, viewer=viewer(office.clerk), comment="算了", now=utc_now())
    assert story(asked)[-1] == ("withdraw", "pending", "withdrawn", f"staff:{office.clerk}", "算了")


def _role() -> int:
    from tests.factories.user import make_role  # noqa: PLC0415

    return make_role("approval:decide")


def test_only_the_requester_takes_it_back(office: Office, asked: int) -> None:
    with nothing_changes(), pytest.raises(NotRequester):
        services().following.withdraw(asked, viewer=viewer(office.manager), comment="", now=utc_now())
    with nothing_changes(), pytest.raises(RequestNotFound):
        services().following.withdraw(asked, viewer=viewer(office.owner), comment="", now=utc_now())
    assert len(events("approval.withdrawn")) == 0


def test_it_expires_once_its_time_is_over_and_not_before(office: Office) -> None:
    make_rule(office.manager_role, hours=1)
    now = utc_now()
    first, second = office.asked(now=now), office.asked(now=now + HOUR)
    with nothing_changes():
        assert services().following.expire_due(now=now + HOUR - timedelta(seconds=1)) == 0
    assert services().following.expire_due(now=now + HOUR) == 1
    assert (state_of(first), state_of(second)) == ("expired", "pending")
    assert story(first)[-1] == ("expire", "pending", "expired", "system:approval.expire_due", "")
    assert [event["request_id"] for event in events("approval.expired")] == [first]
    with nothing_changes(), pytest.raises(NotPending):
        approve(first, office.manager)


def test_what_is_overdue_is_decided_no_more_even_when_the_sweep_is_late(office: Office) -> None:
    make_rule(office.manager_role, hours=1)
    now = utc_now()
    asked = office.asked(now=now)
    with nothing_changes(), pytest.raises(NotPending) as refusal:
        approve(asked, office.manager, now=now + HOUR)
    assert refusal.value.params == {"state": "expired"}
    approve(asked, office.manager, now=now + HOUR - timedelta(seconds=1))
    assert state_of(asked) == "approved"


def test_more_than_a_batch_expires_in_one_run(office: Office) -> None:
    make_rule(office.manager_role, hours=1)
    now, version = utc_now(), office.version()
    for _ in range(103):
        office.ask(version=version, now=now)
    assert services().following.expire_due(now=now + HOUR) == 103

"""Steps of several rules, the table of states, and what is frozen."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.approval.domain.condition import Condition, Operator, exact
from backend.approval.domain.payload import canonical, digest, opened
from backend.approval.domain.rule import Rule, RuleStep, merged_steps, undecidable
from backend.approval.domain.state import TRANSITIONS, RequestState, Verb, allows
from backend.approval.permission import ApprovalPermission

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


def rule(*role_ids: int) -> Rule:
    return Rule(id=1, steps=[RuleStep(position=at, role_id=role) for at, role in enumerate(role_ids, start=1)])


@pytest.mark.parametrize(
    ("rules", "steps"),
    [
        ([], []),
        ([(1,)], [1]),
        ([(1,), (1,)], [1]),
        ([(1,), (1, 2)], [1, 2]),
        ([(2,), (1, 2)], [2, 1]),
        ([(1,), (1, 1)], [1, 1]),
        ([(1, 1), (1, 2, 1)], [1, 1, 2]),
    ],
)
def test_the_steps_of_all_rules_are_asked_for(rules: list[tuple[int, ...]], steps: list[int]) -> None:
    assert merged_steps([rule(*roles) for roles in rules]) == steps


@given(st.lists(st.lists(st.integers(1, 4), max_size=5), max_size=4), st.lists(st.integers(1, 4), max_size=5))
def test_one_more_rule_never_makes_it_easier(rules: list[list[int]], more: list[int]) -> None:
    before = merged_steps([rule(*roles) for roles in rules])
    after = merged_steps([rule(*roles) for roles in [*rules, more]])
    assert after[: len(before)] == before
    assert all(after.count(role) >= more.count(role) for role in more)


def test_only_what_waits_is_decided_and_only_what_failed_is_repeated() -> None:
    deciding = {Verb.AGREE, Verb.APPROVE, Verb.REJECT, Verb.WITHDRAW, Verb.EXPIRE, Verb.OUTDATE}
    for state in RequestState:
        for verb in deciding:
            assert allows(state, verb) is (state is RequestState.PENDING)
        assert allows(state, Verb.RESUBMIT) is (state in (RequestState.STALE, RequestState.EXPIRED))
    assert {verb for _, verb in TRANSITIONS} == deciding | {Verb.RESUBMIT}


@pytest.mark.parametrize(("value", "met"), [(10, False), (Decimal("10.000001"), True), (10**30, True), (-1, False)])
def test_numbers_are_compared_exactly(value: int | Decimal, met: bool) -> None:
    assert Condition("x", Operator.GT, 10).is_met(exact({"x": value})) is met


@given(JSON)
def test_what_is_frozen_comes_back_and_has_one_text(payload: object) -> None:
    assert opened(canonical(payload)) == payload
    assert canonical(opened(canonical(payload))) == canonical(payload)


@given(JSON, JSON)
def test_another_part_has_another_digest(one: object, other: object) -> None:
    same = canonical(one) == canonical(other)
    assert (digest({"payload": canonical(one)}) == digest({"payload": canonical(other)})) is same


def test_the_rights_the_domain_asks_for_are_the_declared_ones() -> None:
    assert {one.value for one in ApprovalPermission} >= {"approval:decide", "approval:act_directly"}


@pytest.mark.parametrize(
    ("role_ids", "holders", "left"),
    [
        ([1], {1: {7}}, []),
        ([1], {1: set()}, [1]),
        ([1, 1], {1: {7}}, [1]),
        ([1, 1], {1: {7, 8}}, []),
        ([1, 2], {1: {7, 8}, 2: {7}}, []),
        ([1, 2], {1: {7}, 2: {7}}, [2]),
        ([1, 2, 3], {1: {7, 8, 9}, 2: {7, 8}, 3: {7}}, []),
        ([1, 2, 3, 3], {1: {7, 8}, 2: {8, 9}, 3: {7, 8, 9}}, [3]),
    ],
)
def test_every_step_needs_a_person_of_its_own(
    role_ids: list[int], holders: dict[int, set[int]], left: list[int]
) -> None:
    assert undecidable(role_ids, holders) == left

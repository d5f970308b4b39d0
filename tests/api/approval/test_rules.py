"""Staff edit the rules."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.user import facade as user
from tests.factories.approval import ACTION, Office, change_role, make_member, make_rule
from tests.factories.statements import counted_statements
from tests.factories.user import make_role, staff_headers
from tests.support.unchanged import nothing_changes

RULES = "/admin/v1/approval/rules"


@pytest.fixture
def boss(app: Flask) -> dict[str, str]:
    return staff_headers(app, permissions={"approval:configure"})


def body(office: Office, **over: Any) -> dict[str, Any]:
    condition = {"fact": "percent", "operator": "gt", "threshold": 10}
    same = {"name": "改名", "action": ACTION, "condition": condition, "role_ids": [str(office.manager_role)]}
    return same | {"enabled": True, "expiry_hours": 24} | over


def test_doors(app: Flask, client: FlaskClient, office: Office) -> None:
    others = staff_headers(app, permissions={"approval:read", "approval:read_all", "approval:decide"})
    for method, path in (("GET", RULES), ("POST", RULES), ("PUT", f"{RULES}/1"), ("DELETE", f"{RULES}/1")):
        assert client.open(path, method=method, json={}).status_code == 401
        assert client.open(path, method=method, json={}, headers=others).status_code == 403
    assert client.get("/admin/v1/approval/actions", headers=others).status_code == 403


def test_actions_are_listed_with_their_facts(client: FlaskClient, office: Office, boss: dict[str, str]) -> None:
    actions = client.get("/admin/v1/approval/actions", headers=boss).get_json()["items"]
    (rename,) = [action for action in actions if action["action"] == ACTION]
    assert rename == {
        "action": ACTION,
        "zh": "改名",
        "en": "Rename",
        "facts": [
            {"name": "length", "zh": "长度", "en": "Length"},
            {"name": "percent", "zh": "幅度", "en": "Percent"},
        ],
    }


def test_a_rule_is_made_changed_and_deleted(client: FlaskClient, office: Office, boss: dict[str, str]) -> None:
    made = client.post(RULES, json=body(office), headers=boss)
    assert made.status_code == 201
    rule = made.get_json()
    assert (rule["version"], rule["condition"]) == (1, {"fact": "percent", "operator": "gt", "threshold": 10})
    assert [step["role_id"] for step in rule["steps"]] == [str(office.manager_role)]
    assert rule["steps"][0]["code"].startswith("role-")
    assert rule["action_known"] is True

    roles = [str(office.owner_role), str(office.manager_role), str(office.owner_role)]
    change = body(office, role_ids=roles, condition=None, name="总是", version=1)
    changed = client.put(f"{RULES}/{rule['id']}", json=change, headers=boss)
    assert (changed.status_code, changed.get_json()["version"]) == (200, 2)
    assert [step["role_id"] for step in changed.get_json()["steps"]] == roles
    assert changed.get_json()["condition"] is None
    fewer = client.put(f"{RULES}/{rule['id']}", json=change | {"role_ids": roles[:1], "version": 2}, headers=boss)
    assert [step["role_id"] for step in fewer.get_json()["steps"]] == roles[:1]
    (listed,) = client.get(RULES, headers=boss).get_json()["items"]
    assert listed == fewer.get_json()

    assert client.delete(f"{RULES}/{rule['id']}?version=3", headers=boss).status_code == 204
    assert client.get(RULES, headers=boss).get_json()["items"] == []


def test_an_old_version_is_refused_with_both(client: FlaskClient, office: Office, boss: dict[str, str]) -> None:
    rule_id = make_rule(office.manager_role)
    client.put(f"{RULES}/{rule_id}", json=body(office, version=1), headers=boss)
    with nothing_changes():
        late = client.put(f"{RULES}/{rule_id}", json=body(office, version=1), headers=boss | {"Accept-Language": "en"})
        gone = client.delete(f"{RULES}/{rule_id}?version=1", headers=boss)
    assert (late.status_code, late.get_json()["code"], gone.status_code) == (409, "kit.stale_version", 409)
    assert "you sent version 1, it is now at 2" in late.get_json()["message"]
    assert client.put(f"{RULES}/4711", json=body(office, version=1), headers=boss).status_code == 404


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"action": "catalog.unknown"}, "approval.action_unknown"),
        ({"condition": {"fact": "price", "operator": "gt", "threshold": 1}}, "approval.fact_unknown"),
        ({"role_ids": ["4711"]}, "approval.role_unknown"),
        ({"role_ids": []}, "approval.rule_without_steps"),
        ({"condition": {"fact": "percent", "operator": ">", "threshold": 1}}, "kit.invalid"),
        ({"condition": {"fact": "percent", "operator": "gt", "threshold": "1"}}, "kit.invalid"),
        ({"condition": {"fact": "percent", "operator": "gt", "threshold": 1.5}}, "kit.invalid"),
        ({"condition": {"fact": "percent", "operator": "gt", "threshold": 10**13}}, "kit.invalid"),
        ({"condition": {"fact": "percent", "operator": "gt", "threshold": 1, "and": "x"}}, "kit.invalid"),
        ({"condition": "__import__('os')"}, "kit.invalid"),
        ({"condition": {"fact": "percent"}}, "kit.invalid"),
        ({"name": ""}, "kit.invalid"),
        ({"name": "a\x00"}, "kit.invalid"),
        ({"action": "商品"}, "kit.invalid"),
        ({"expiry_hours": 0}, "kit.invalid"),
        ({"expiry_hours": 10**9}, "kit.invalid"),
        ({"enabled": "yes"}, "kit.invalid"),
        ({"role_ids": ["1"] * 6}, "kit.invalid"),
        ({"role_ids": [1]}, "kit.invalid"),
        ({"version": 1}, "kit.invalid"),
    ],
)
def test_an_unsound_rule_is_refused(
    client: FlaskClient, office: Office, boss: dict[str, str], over: dict[str, Any], code: str
) -> None:
    with nothing_changes():
        answer = client.post(RULES, json=body(office, **over), headers=boss)
    assert (answer.status_code, answer.get_json()["code"]) == (422, code)
    assert answer.get_json()["errors"]


def test_the_known_ones_are_named(client: FlaskClient, office: Office, boss: dict[str, str]) -> None:
    unknown = client.post(RULES, json=body(office, action="x.y"), headers=boss).get_json()
    assert ACTION in unknown["errors"]["action"]
    condition = {"fact": "price", "operator": "gt", "threshold": 1}
    fact = client.post(RULES, json=body(office, condition=condition), headers=boss).get_json()
    assert fact["errors"]["fact"] == ["length", "percent"]


def test_a_rule_that_is_off_may_wait_for_its_steps(client: FlaskClient, office: Office, boss: dict[str, str]) -> None:
    made = client.post(RULES, json=body(office, role_ids=[], enabled=False), headers=boss)
    assert (made.status_code, made.get_json()["steps"]) == (201, [])


def test_a_role_that_could_never_decide_is_refused_at_once(
    client: FlaskClient, office: Office, boss: dict[str, str]
) -> None:
    rule_id = make_rule(office.manager_role)
    helpless = {"role_ids": [str(office.manager_role), str(office.clerk_role)]}
    english = boss | {"Accept-Language": "en"}
    with nothing_changes():
        made = client.post(RULES, json=body(office, **helpless), headers=boss)
        changed = client.put(f"{RULES}/{rule_id}", json=body(office, **helpless, version=1), headers=english)
    for answer in (made, changed):
        assert (answer.status_code, answer.get_json()["code"]) == (422, "approval.role_cannot_decide")
        assert answer.get_json()["errors"] == {"role_ids": [str(office.clerk_role)]}
    name = user.roles(ids=[office.clerk_role])[office.clerk_role].name
    assert made.get_json()["message"] == f"角色“{name}”没有审批权限：请先为其添加权限 approval:decide，或改用其他角色"
    assert f"The roles {name} may not decide" in changed.get_json()["message"]


def test_a_role_without_holders_or_whose_holder_decides_by_another_one_will_do(
    client: FlaskClient, office: Office, boss: dict[str, str]
) -> None:
    nobodys = make_role("approval:decide")
    make_member(titular := make_role("approval:read"), office.manager_role)
    for role_id in (nobodys, titular):
        assert client.post(RULES, json=body(office, role_ids=[str(role_id)]), headers=boss).status_code == 201


def test_a_rule_whose_role_lost_the_right_can_be_switched_off(
    client: FlaskClient, office: Office, boss: dict[str, str]
) -> None:
    rule_id = make_rule(office.manager_role)
    change_role(office.manager_role, "approval:read")
    with nothing_changes():
        kept = client.put(f"{RULES}/{rule_id}", json=body(office, version=1), headers=boss)
    assert kept.get_json()["code"] == "approval.role_cannot_decide"
    off = client.put(f"{RULES}/{rule_id}", json=body(office, enabled=False, version=1), headers=boss)
    assert (off.status_code, off.get_json()["enabled"]) == (200, False)


@pytest.mark.parametrize("count", [1, 5, 20])
def test_the_list_takes_the_same_statements(
    client: FlaskClient, office: Office, boss: dict[str, str], count: int
) -> None:
    for _ in range(count):
        make_rule(office.manager_role, office.owner_role)
    with counted_statements() as statements:
        assert len(client.get(RULES, headers=boss).get_json()["items"]) == count
    assert len(statements) == 5  # who asks; rules, steps, roles, who changed them

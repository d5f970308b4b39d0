"""Staff edit the rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from backend.approval.domain.error import RoleCannotDecide, RoleUnknown
from backend.approval.domain.right import DECIDE
from backend.approval.domain.rule import Rule, RuleDraft
from backend.approval.repository.rule import RuleRepository
from backend.approval.service.executors import Executors
from backend.user import facade as user
from kit.domain.version import check_version
from kit.service.transaction import transactional


class Configuring:
    """Requests that wait keep the steps they were submitted with, whatever becomes of the rule."""

    def __init__(self, executors: Executors, rules: RuleRepository) -> None:
        self.executors = executors
        self.rules = rules

    @transactional
    def create(self, draft: RuleDraft, *, by: str, now: datetime) -> Rule:
        """A new rule. Raises `ActionUnknown`, `FactUnknown`, `RoleUnknown`, `RuleWithoutSteps`, `RoleCannotDecide`."""
        self._must_be_sound(draft)
        rule = self.rules.add(Rule.create(draft, by=by, at=now))
        self.rules.flush()
        return rule

    @transactional
    def change(self, rule_id: int, draft: RuleDraft, *, version: int, by: str, now: datetime) -> Rule:
        """Replace all of it. Raises as `create`, and `RuleNotFound`, `StaleVersion`."""
        rule = self._current(rule_id, version)
        self._must_be_sound(draft)
        rule.change(draft, by=by, at=now)
        self.rules.flush()
        return rule

    @transactional
    def delete(self, rule_id: int, *, version: int) -> None:
        """Raises `RuleNotFound`, `StaleVersion`."""
        self.rules.remove(self._current(rule_id, version))

    def _current(self, rule_id: int, version: int) -> Rule:
        rule = self.rules.get(rule_id)
        check_version(rule, version)
        return rule

    def _must_be_sound(self, draft: RuleDraft) -> None:
        self.executors.must_know(draft.action, draft.condition.fact if draft.condition else None)
        roles = user.roles(ids=draft.role_ids)
        missing = sorted(set(draft.role_ids) - roles.keys())
        if missing:
            raise RoleUnknown(errors={"role_ids": [str(role_id) for role_id in missing]})
        # One that is off does no harm; switching off must work when a role has lost the right meanwhile.
        if draft.enabled:
            _must_decide(roles)


def _must_decide(roles: Mapping[int, user.RoleCard]) -> None:
    """A role that nobody holds yet will do: people come. One that could not decide whoever held it is a mistake."""
    granting = user.roles_granting(role_ids=roles, permission=DECIDE)
    holders = user.holders_of(role_ids=roles.keys() - granting, permission=DECIDE)
    helpless = sorted(role_id for role_id, able in holders.items() if not able)
    if helpless:
        names = ", ".join(roles[role_id].name for role_id in helpless)
        raise RoleCannotDecide(
            roles=names, permission=DECIDE, errors={"role_ids": [str(role_id) for role_id in helpless]}
        )

"""Staff edit the rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from backend.approval.domain.rule import Rule, RuleDraft
from backend.approval.repository.rule import RuleRepository
from backend.approval.service.executors import Executors
from backend.approval.service.submitting import must_be_roles
from kit.domain.version import check_version
from kit.service.transaction import transactional


class Configuring:
    """Requests that wait keep the steps they were submitted with, whatever becomes of the rule."""

    def __init__(self, executors: Executors, rules: RuleRepository) -> None:
        self.executors = executors
        self.rules = rules

    @transactional
    def create(self, draft: RuleDraft, *, by: str, now: datetime) -> Rule:
        """A new rule. Raises `ActionUnknown`, `FactUnknown`, `RoleUnknown`, `RuleWithoutSteps`."""
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
        role_ids: Sequence[int] = draft.role_ids
        must_be_roles(role_ids)

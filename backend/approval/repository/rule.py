"""Rules."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select

from backend.approval.domain.error import RuleNotFound
from backend.approval.domain.rule import Rule
from kit.repository.base import Repository


class RuleRepository(Repository[Rule]):
    """Rules by id and by action."""

    entity = Rule

    def get(self, rule_id: int) -> Rule:
        """The rule. Raises `RuleNotFound`."""
        rule = self.by_id(rule_id)
        if rule is None:
            raise RuleNotFound
        return rule

    def enabled_for(self, actions: Collection[str]) -> Sequence[Rule]:
        """The rules of these actions that are switched on, oldest first."""
        return self.all(select(Rule).where(Rule.action.in_(actions), Rule.enabled.is_(True)).order_by(Rule.id))

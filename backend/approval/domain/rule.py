"""Rules (审批规则): which changes wait for whose approval."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.approval.domain.condition import Condition, Number, Operator
from backend.approval.domain.error import RuleWithoutSteps
from kit.db.types import BigId, Code, EnumText, UtcDateTime
from kit.domain.entity import Aggregate, Entity

MAX_STEPS = 5
MAX_HOURS = 24 * 90


@dataclass(frozen=True, kw_only=True)
class RuleDraft:
    """What staff say of a rule. `condition` None: always. `role_ids`: the steps, in order."""

    name: str
    action: str
    condition: Condition | None
    role_ids: Sequence[int]
    expiry_hours: int
    enabled: bool


class RuleStep(Entity):
    """A role that must agree; the same role twice means two people of it."""

    __tablename__ = "apr_rule_step"

    rule_id: Mapped[int] = mapped_column(BigId, ForeignKey("apr_rule.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    role_id: Mapped[int] = mapped_column(BigId)


class Rule(Aggregate):
    """Its steps may be missing while it is switched off."""

    __tablename__ = "apr_rule"
    __table_args__ = (
        CheckConstraint(
            "(fact IS NULL AND operator IS NULL AND threshold IS NULL) OR "
            "(fact IS NOT NULL AND operator IS NOT NULL AND threshold IS NOT NULL)",
            name="condition_is_whole",
        ),
        CheckConstraint("expiry_hours > 0", name="expiry_positive"),
        Index("ix_apr_rule_action", "action", "id"),
    )

    name: Mapped[str] = mapped_column(String(60))
    action: Mapped[str] = mapped_column(Code(60))
    fact: Mapped[str | None] = mapped_column(Code(40))
    operator: Mapped[Operator | None] = mapped_column(EnumText(Operator, "operator"))
    threshold: Mapped[int | None] = mapped_column(BigInteger)
    enabled: Mapped[bool] = mapped_column(Boolean)
    expiry_hours: Mapped[int] = mapped_column(Integer)
    updated_by: Mapped[str] = mapped_column(Code(40))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    steps: Mapped[list[RuleStep]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by=RuleStep.position
    )

    @classmethod
    def create(cls, draft: RuleDraft, *, by: str, at: datetime) -> Rule:
        """A new rule. Raises `RuleWithoutSteps`."""
        rule = cls(steps=[])
        rule.change(draft, by=by, at=at)
        return rule

    def change(self, draft: RuleDraft, *, by: str, at: datetime) -> None:
        """Take all of `draft`. Requests that wait keep what they were submitted under. Raises `RuleWithoutSteps`."""
        if draft.enabled and not draft.role_ids:
            raise RuleWithoutSteps.naming("role_ids")
        self.name, self.action, self.enabled = draft.name, draft.action, draft.enabled
        condition = draft.condition
        self.fact = condition.fact if condition else None
        self.operator = condition.operator if condition else None
        self.threshold = condition.threshold if condition else None
        self.expiry_hours = draft.expiry_hours
        self.updated_by, self.updated_at = by, at
        self._set_steps(draft.role_ids)

    def _set_steps(self, role_ids: Sequence[int]) -> None:
        kept = self.steps[: len(role_ids)]
        for step, role_id in zip(kept, role_ids, strict=False):
            step.role_id = role_id
        more = role_ids[len(kept) :]
        added = [
            RuleStep(position=position, role_id=role_id) for position, role_id in enumerate(more, start=len(kept) + 1)
        ]
        self.steps = [*kept, *added]

    @property
    def condition(self) -> Condition | None:
        """When it applies; None: always."""
        if self.fact is None or self.operator is None or self.threshold is None:
            return None
        return Condition(self.fact, self.operator, self.threshold)

    @property
    def role_ids(self) -> list[int]:
        """The steps, in order."""
        return [step.role_id for step in self.steps]

    def asks_for(self, facts: Mapping[str, Number]) -> bool:
        """True when a change with these facts waits for approval."""
        return self.condition is None or self.condition.is_met(facts)

    def __str__(self) -> str:
        return f"{self.name} ({self.condition or 'always'})"


def merged_steps(rules: Sequence[Rule]) -> list[int]:
    """The roles that satisfy every one of `rules`, in their order: one more rule never makes a change easier."""
    merged: list[int] = []
    for rule in rules:
        for number, role_id in enumerate(rule.role_ids):
            needed = rule.role_ids[: number + 1].count(role_id)
            if merged.count(role_id) < needed:
                merged.append(role_id)
    return merged


def undecidable(role_ids: Sequence[int], holders: Mapping[int, Collection[int]]) -> list[int]:
    """The roles of steps that nobody is left for, when nobody decides two of them; `holders`: role → who may decide."""
    decides: dict[int, int] = {}  # who → step

    def find(step: int, asked: set[int]) -> bool:
        for person in sorted(set(holders[role_ids[step]]) - asked):
            asked.add(person)
            # Whoever has a step already gives it up when somebody else can take it.
            if person not in decides or find(decides[person], asked):
                decides[person] = step
                return True
        return False

    return list(dict.fromkeys(role_id for step, role_id in enumerate(role_ids) if not find(step, set())))

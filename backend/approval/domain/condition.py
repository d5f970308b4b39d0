"""When a rule asks for approval: a fact compared with a number, from a closed vocabulary. Nothing is evaluated."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

Number = int | Decimal


class Operator(StrEnum):
    """How a fact is compared with the number of the rule."""

    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    EQ = "eq"


_COMPARE: dict[Operator, Callable[[Number, Number], bool]] = {
    Operator.GT: operator.gt,
    Operator.GTE: operator.ge,
    Operator.LT: operator.lt,
    Operator.LTE: operator.le,
    Operator.EQ: operator.eq,
}
_SIGNS = {Operator.GT: ">", Operator.GTE: "≥", Operator.LT: "<", Operator.LTE: "≤", Operator.EQ: "="}


@dataclass(frozen=True)
class Condition:
    """``price_change_percent > 10``."""

    fact: str
    operator: Operator
    threshold: int

    def is_met(self, facts: Mapping[str, Number]) -> bool:
        """Also when the fact is not known: what cannot be judged must not slip through."""
        if self.fact not in facts:
            return True
        return _COMPARE[self.operator](facts[self.fact], self.threshold)

    def __str__(self) -> str:
        return f"{self.fact} {_SIGNS[self.operator]} {self.threshold}"


def exact(facts: Mapping[str, Number]) -> dict[str, Number]:
    """`facts`, if they are exact finite numbers; a float would be compared by its rounding. Raises TypeError."""
    for name, value in facts.items():
        if type(value) is not int and not (isinstance(value, Decimal) and value.is_finite()):
            raise TypeError(f"fact {name} is {value!r}: an int or a finite Decimal is needed")
    return dict(facts)

"""Price rules: exact integers, halves up."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.catalog.domain.pricing import PriceRule, PriceRuleKind, Rounding

STEPS = {Rounding.FEN: 1, Rounding.JIAO: 10, Rounding.YUAN: 100}


@pytest.mark.parametrize(
    ("kind", "value", "rounding", "old", "new"),
    [
        ("set", 990, "fen", 1290, 990),
        ("amount", -300, "fen", 1290, 990),
        ("amount", -300, "yuan", 1290, 990),
        ("percent", -1000, "fen", 1290, 1161),
        ("percent", -1000, "fen", 995, 896),
        ("percent", -1000, "jiao", 1290, 1160),
        ("percent", -1000, "jiao", 1283, 1150),
        ("percent", -1000, "yuan", 1290, 1200),
        ("percent", 5000, "yuan", 1100, 1700),
        ("percent", -10000, "fen", 1290, 0),
        ("percent", 1, "fen", 4999, 4999),
        ("percent", 1, "fen", 5000, 5001),
    ],
)
def test_exact_prices(kind: str, value: int, rounding: str, old: int, new: int) -> None:
    rule = PriceRule(kind=PriceRuleKind(kind), value=value, rounding=Rounding(rounding))
    assert rule.price_of(old) == new


@given(st.integers(0, 10_000_000_000), st.integers(-10_000, 100_000), st.sampled_from(Rounding))
def test_a_share_is_never_further_off_than_half_a_step(old: int, value: int, rounding: Rounding) -> None:
    new = PriceRule(kind=PriceRuleKind.PERCENT, value=value, rounding=rounding).price_of(old)
    exact, step = Fraction(old * (10_000 + value), 10_000), STEPS[rounding]
    assert new % step == 0
    assert -Fraction(step, 2) < new - exact <= Fraction(step, 2)

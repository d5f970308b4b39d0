"""From samples to the few numbers that are written down."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Slice:
    """One scenario in one round: `latencies` in seconds of everything that ended, within `seconds` of wall time."""

    scenario: str
    round: int
    seconds: float
    latencies: tuple[float, ...]
    generator_share: float
    """How much of its core the load generator used, 0 to 1: near 1 the figure is the generator's, not the server's."""

    @property
    def rate(self) -> float:
        """Per second."""
        return len(self.latencies) / self.seconds


@dataclass(frozen=True)
class Summary:
    """One scenario over all rounds; times in milliseconds, `ratio` to the yardstick of the same round."""

    scenario: str
    rounds: int
    rate: float
    slowest_round: float
    fastest_round: float
    ratio: float | None
    p50_ms: float
    p99_ms: float
    generator_share: float


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest rank: the smallest value that at least `share` (0 to 1) of all do not exceed."""
    if not values or not 0 < share <= 1:
        raise ValueError("a percentile needs values and a share in (0, 1]")
    return sorted(values)[math.ceil(share * len(values)) - 1]


def summarise(slices: Sequence[Slice], *, yardstick: str) -> list[Summary]:
    """One summary per scenario, in the order of their first slice. Medians over rounds, for one may be disturbed.

    A ratio is made within each round, since what disturbs the machine disturbs both; then the median of them is taken.
    Raises ValueError for a slice in which nothing ended.
    """
    for one in slices:
        if not one.latencies:
            raise ValueError(f"{one.scenario}: nothing ended in round {one.round}")
    base = {one.round: one.rate for one in slices if one.scenario == yardstick}
    names = dict.fromkeys(one.scenario for one in slices)
    return [_summary([one for one in slices if one.scenario == name], base) for name in names]


def _summary(slices: list[Slice], base: dict[int, float]) -> Summary:
    rates = [one.rate for one in slices]
    ratios = [one.rate / base[one.round] for one in slices if one.round in base]
    return Summary(
        scenario=slices[0].scenario,
        rounds=len(slices),
        rate=median(rates),
        slowest_round=min(rates),
        fastest_round=max(rates),
        ratio=median(ratios) if ratios else None,
        p50_ms=median(percentile(one.latencies, 0.50) for one in slices) * 1000,
        p99_ms=median(percentile(one.latencies, 0.99) for one in slices) * 1000,
        generator_share=max(one.generator_share for one in slices),
    )

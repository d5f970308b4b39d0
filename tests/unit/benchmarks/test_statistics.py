"""The numbers that are written down."""

from __future__ import annotations

import pytest

from benchmarks.statistics import Slice, percentile, summarise


def slice_of(scenario: str, number: int, count: int, *, latency: float = 0.01, share: float = 0.1) -> Slice:
    """`count` things in two seconds."""
    return Slice(scenario, number, 2.0, (latency,) * count, share)


@pytest.mark.parametrize(
    ("share", "value"), [(0.01, 1.0), (0.25, 1.0), (0.26, 2.0), (0.5, 2.0), (0.51, 3.0), (0.99, 4.0), (1.0, 4.0)]
)
def test_percentile_is_the_nearest_rank(share: float, value: float) -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], share) == value


@pytest.mark.parametrize(("values", "share"), [([], 0.5), ([1.0], 0.0), ([1.0], 1.1)])
def test_percentile_of_nothing_or_of_no_share_is_refused(values: list[float], share: float) -> None:
    with pytest.raises(ValueError, match="percentile"):
        percentile(values, share)


def test_a_rate_is_per_second() -> None:
    assert slice_of("list", 1, 100).rate == 50.0


def test_one_disturbed_round_does_not_move_the_figure() -> None:
    (found,) = summarise(
        [slice_of("list", number, count) for number, count in enumerate((100, 4, 110))], yardstick="bare"
    )

    assert (found.rate, found.slowest_round, found.fastest_round, found.rounds) == (50.0, 2.0, 55.0, 3)


def test_a_ratio_is_made_within_each_round() -> None:
    """The machine was half as fast in the second round: rates fall, the ratio does not."""
    slices = [
        slice_of("bare", 1, 200),
        slice_of("list", 1, 100),
        slice_of("bare", 2, 100),
        slice_of("list", 2, 50),
        slice_of("bare", 3, 200),
        slice_of("list", 3, 90),
    ]

    bare, listed = summarise(slices, yardstick="bare")

    assert (bare.ratio, listed.ratio) == (1.0, 0.5)
    assert listed.rate == 45.0


def test_without_the_yardstick_there_is_no_ratio() -> None:
    (found,) = summarise([slice_of("list", 1, 10)], yardstick="bare")
    assert found.ratio is None


def test_latencies_are_medians_over_rounds_in_milliseconds() -> None:
    rounds = [Slice("list", 1, 1.0, (0.001, 0.002, 0.003), 0.1), Slice("list", 2, 1.0, (0.003, 0.004, 0.009), 0.1)]
    (found,) = summarise(rounds, yardstick="list")
    assert (found.p50_ms, found.p99_ms) == pytest.approx((3.0, 6.0))


def test_the_generators_busiest_round_is_told() -> None:
    (found,) = summarise([slice_of("list", 1, 1, share=0.2), slice_of("list", 2, 1, share=0.9)], yardstick="list")
    assert found.generator_share == 0.9


def test_a_slice_in_which_nothing_ended_is_refused() -> None:
    with pytest.raises(ValueError, match="flow: nothing ended in round 2"):
        summarise([slice_of("flow", 1, 5), slice_of("flow", 2, 0)], yardstick="flow")

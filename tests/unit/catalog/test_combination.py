"""Specs from names and values."""

from __future__ import annotations

import pytest

from backend.catalog.domain.combination import combinations
from backend.catalog.domain.error import TooManySkus


def test_the_last_name_changes_fastest() -> None:
    choices = [{"name": "颜色", "values": ["红", "蓝"]}, {"name": "尺码", "values": ["S", "M"]}]
    assert [spec.text for spec in combinations(choices)] == [
        "颜色:红;尺码:S",
        "颜色:红;尺码:M",
        "颜色:蓝;尺码:S",
        "颜色:蓝;尺码:M",
    ]


def test_they_are_counted_before_they_are_made() -> None:
    choices = [{"name": str(name), "values": [str(value) for value in range(50)]} for name in range(5)]
    with pytest.raises(TooManySkus, match="312500000"):
        combinations(choices)
    assert len(combinations([{"name": "n", "values": [str(value) for value in range(200)]}])) == 200

"""The title in pieces."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.catalog.domain.search.highlight import Segment, highlight


def test_what_was_found_is_marked_and_overlaps_are_one_piece() -> None:
    assert highlight("澳洲羊毛被", ["羊毛", "毛被"]) == [Segment("澳洲", False), Segment("羊毛被", True)]


def test_the_title_keeps_its_own_writing() -> None:
    assert highlight("ＭＵＪＩ 毛巾", ["muji"]) == [Segment("ＭＵＪＩ", True), Segment(" 毛巾", False)]
    assert highlight("ﬁn", ["in"]) == [Segment("ﬁn", True)]


@pytest.mark.parametrize("title", ["<b>羊毛</b>", "羊毛 & 棉"])
def test_nothing_is_escaped_and_nothing_is_added(title: str) -> None:
    assert "".join(segment.text for segment in highlight(title, ["羊毛"])) == title


def test_without_a_match_the_title_is_one_piece() -> None:
    assert highlight("毛巾", ["羊毛"]) == [Segment("毛巾", False)]
    assert highlight("", ["羊毛"]) == []


@given(st.text(max_size=40), st.lists(st.text(min_size=1, max_size=4), max_size=5))
def test_the_pieces_are_always_the_title(title: str, terms: list[str]) -> None:
    pieces = highlight(title, terms)
    assert "".join(piece.text for piece in pieces) == title
    assert all(one.marked != other.marked for one, other in pairwise(pieces))

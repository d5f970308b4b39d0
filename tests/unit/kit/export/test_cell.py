"""No text runs as a formula, and nothing invisible hides in front of one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.export.cell import LONGEST, safe_text


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\tplain",
        "\rplain",
        " =1",
        "\u3000=1",
        "＝1",
        "＋1",
        "－1",
        "＠A",
        '=HYPERLINK("http://x","y")',
        "=cmd|' /C calc'!A0",
    ],
)
def test_what_could_begin_a_formula_gets_an_apostrophe(text: str) -> None:
    assert safe_text(text) == "'" + text


@pytest.mark.parametrize(
    "hidden", ["\x00", "\x0b", "\x1f", "\x7f", "\x85", "\u200b", "\u202e", "\u2066", "\ufeff", "\ud800"]
)
def test_marks_in_front_of_a_formula_are_dropped_and_do_not_hide_it(hidden: str) -> None:
    assert safe_text(f"{hidden}=1+1") == "'=1+1"
    assert safe_text(f"a{hidden}b") == "ab"


@pytest.mark.parametrize("text", ["", "苹果", "a=b", "1-2", "林+小满", "line\nline", "a\tb", "'=1", "😀"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert safe_text(text) == text


def test_a_long_text_is_cut_visibly() -> None:
    assert safe_text("长" * LONGEST) == "长" * LONGEST
    cut = safe_text("长" * (LONGEST + 1))
    assert (len(cut), cut[-1]) == (LONGEST, "…")


@given(st.text())
def test_no_text_at_all_begins_like_a_formula(text: str) -> None:
    shown = safe_text(text)
    assert not shown.startswith(("\t", "\r", "\n"))
    assert not shown.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    shown.encode()

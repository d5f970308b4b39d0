"""Yuan become fen exactly, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.domain.money import MAX_FEN, NotAnAmount, fen_from_yuan, yuan_text


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0", 0),
        ("0.01", 1),
        ("0.10", 10),
        ("0.1", 10),
        ("12", 1200),
        ("899.00", 89900),
        ("899", 89900),
        (" 899.00 ", 89900),
        ("19.99", 1999),
        ("1.10", 110),
        ("0.29", 29),  # as a float: 28.999999999999996
        ("007.50", 750),
        ("100000000", MAX_FEN),
        ("100000000.00", MAX_FEN),
    ],
)
def test_yuan_amount_is_read_as_fen(text: str, fen: int) -> None:
    assert fen_from_yuan(text) == fen


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "abc",
        "1.005",
        " 1.005",
        "0.001",
        "-1",
        "-0.01",
        "-0",
        "+1",
        "1e2",
        "1E2",
        "1e-2",
        "NaN",
        "sNaN",
        "Infinity",
        "-inf",
        "1,000.00",
        "1_000",
        "１２",  # full-width digits, as a Chinese input method types them
        "٣",  # an Arabic digit
        "¥12",
        "12元",
        "0x10",
        ".5",
        "5.",
        "1.2.3",
        "100000000.01",
        "9" * 60,
        "1" + "0" * 5000,
    ],
)
def test_text_that_is_no_plain_yuan_amount_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount):
        fen_from_yuan(text)


@pytest.mark.parametrize(
    ("fen", "text"), [(0, "0.00"), (1, "0.01"), (10, "0.10"), (89900, "899.00"), (-5, "-0.05"), (-89900, "-899.00")]
)
def test_fen_are_shown_as_yuan_with_two_decimals(fen: int, text: str) -> None:
    assert yuan_text(fen) == text


@given(st.integers(0, MAX_FEN))
def test_shown_amount_is_read_back_unchanged(fen: int) -> None:
    assert fen_from_yuan(yuan_text(fen)) == fen


@given(st.text(max_size=20))
def test_any_text_is_an_amount_within_bounds_or_refused(text: str) -> None:
    try:
        fen = fen_from_yuan(text)
    except NotAnAmount:
        return
    assert 0 <= fen <= MAX_FEN

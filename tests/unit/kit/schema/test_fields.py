"""Fields: ids are strings, money and counts strict integers, text without control characters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from marshmallow import ValidationError, fields

from kit.domain.money import MAX_FEN
from kit.repository.page import PageRequest
from kit.schema.base import InputSchema
from kit.schema.fields import Count, Fen, HttpUrl, Id, Line, QueryCount, Text, Timestamp, pattern
from kit.schema.page import PageArguments


def refused(field: fields.Field[Any], value: Any) -> bool:
    """True when the field does not take the value."""
    try:
        field.deserialize(value)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("007", 7), ("9223372036854775807", 2**63 - 1)])
def test_id_is_a_string_outside_and_a_number_inside(text: str, number: int) -> None:
    assert Id().deserialize(text) == number


def test_id_leaves_as_a_string() -> None:
    assert Id().serialize("id", {"id": 41503612345679872}) == "41503612345679872"


@pytest.mark.parametrize("value", [1, 1.0, True, "", "0", "-1", "+1", " 1", "1.0", "１", str(2**63), "1" * 20])
def test_what_is_no_id_is_refused(value: Any) -> None:
    assert refused(Id(), value)


@pytest.mark.parametrize("value", [0, 1, MAX_FEN])
def test_fen_within_bounds_is_taken(value: int) -> None:
    assert Fen().deserialize(value) == value


@pytest.mark.parametrize("value", [-1, MAX_FEN + 1, 1.0, "1", True, None, float("nan"), 10**30])
def test_what_is_no_amount_in_fen_is_refused(value: Any) -> None:
    assert refused(Fen(), value)


@pytest.mark.parametrize("value", [0, 100, 1.0, "5", True])
def test_count_outside_its_bounds_or_not_an_integer_is_refused(value: Any) -> None:
    assert refused(Count(1, 99), value)
    assert Count(1, 99).deserialize(99) == 99


@pytest.mark.parametrize("value", ["0", "101", "1.5", "x", ""])
def test_query_count_outside_its_bounds_is_refused(value: str) -> None:
    assert refused(QueryCount(1, 100), value)
    assert QueryCount(1, 100).deserialize("100") == 100


def test_line_is_trimmed() -> None:
    assert Line(5).deserialize("  好 x ") == "好 x"


@pytest.mark.parametrize("value", ["", "   ", "six666", "a\nb", "a\x00b", "a\u2028b", "a\x7fb", 5, None])
def test_what_is_no_line_is_refused(value: Any) -> None:
    assert refused(Line(5), value)


def test_line_with_a_pattern_refuses_everything_else() -> None:
    line = Line(10, pattern=pattern(r"^[A-Z]+$", "只能用大写字母", "Only capital letters are allowed."))
    assert line.deserialize("AB") == "AB"
    assert refused(line, "ab")
    assert refused(line, "AB\n!")


def test_text_keeps_its_line_breaks_and_loses_control_characters() -> None:
    assert Text(10).deserialize(" a\r\nb\t ") == "a\r\nb"
    assert refused(Text(10), "a\x00")
    assert refused(Text(10), "x" * 11)


def test_time_leaves_in_utc_with_offset_and_milliseconds() -> None:
    shanghai = datetime(2026, 11, 20, 16, 30, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    assert Timestamp().serialize("at", {"at": shanghai}) == "2026-11-20T08:30:00.123+00:00"
    assert Timestamp().serialize("at", {"at": datetime(2026, 1, 1, tzinfo=UTC)}) == "2026-01-01T00:00:00.000+00:00"


@pytest.mark.parametrize("value", ["javascript:alert(1)", "ftp://x/y", "/x", "https://", "https://x/" + "y" * 500])
def test_what_is_no_web_address_is_refused(value: str) -> None:
    assert refused(HttpUrl(), value)
    assert HttpUrl().deserialize("https://cdn.example.cn/a.jpg") == "https://cdn.example.cn/a.jpg"


def test_unknown_field_of_an_input_is_refused() -> None:
    class Named(InputSchema):
        name = Line(5)

    with pytest.raises(ValidationError) as refusal:
        Named().load({"name": "x", "price_fen": 1})
    assert refusal.value.messages == {"price_fen": ["没有这个字段，请去掉"]}


def test_page_arguments_become_a_page_request() -> None:
    assert PageArguments().load({"limit": "7", "cursor": "abc"}) == {"page": PageRequest(7, "abc")}
    assert PageArguments().load({}) == {"page": PageRequest(20, None)}

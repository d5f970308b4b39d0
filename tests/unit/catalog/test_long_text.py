"""Texts longer than a cell: cut and put together again, whatever stands in them."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.catalog.domain.facts import ProductFacts, SkuFacts
from backend.catalog.service.importing import long_text
from backend.catalog.service.importing.columns import COLUMNS, CONTINUATIONS, HEADINGS
from backend.catalog.service.importing.long_text import MARK, headings, joined, split
from kit.domain.words import Words
from kit.intake.record import FlawedCell

PARTS = 30
NAMES = headings("详情", PARTS)
TEXT = st.lists(st.sampled_from(["a", "好", "😀", "续", "】", "【", MARK, " ", "\n"]), max_size=40).map("".join)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@given(TEXT)
def test_every_text_comes_back(text: str) -> None:
    with patch.object(long_text, "ROOM", 4):
        cells = split(text, PARTS)
    assert joined(NAMES, cells) == text
    assert not isinstance(joined(NAMES, cells), FlawedCell)
    assert max(map(units, cells)) <= 4 + 2 * len(MARK)


@given(TEXT, st.integers(0, PARTS - 1), st.sampled_from(["", "x"]))
def test_a_part_that_is_not_what_was_written_is_noticed(text: str, part: int, instead: str) -> None:
    with patch.object(long_text, "ROOM", 4):
        cells = split(text, PARTS)
    used = sum(map(bool, cells))
    if used > 1 and part < used:
        cells[part] = instead
        assert isinstance(joined(NAMES, cells), FlawedCell)


def test_a_text_that_fits_is_one_cell() -> None:
    assert split("短", 3) == ["短", "", ""]
    assert split("长" * 32_000, 2) == ["长" * 32_000, ""]
    assert [units(cell) for cell in split("😀" * 16_001, 2)] == [32_003, 5]


def test_a_text_that_fits_nowhere_is_refused_not_cut() -> None:
    with pytest.raises(ValueError, match="does not fit into 2 cells"):
        split("长" * 64_001, 2)


def test_a_flaw_of_any_part_is_the_text_s() -> None:
    flawed = FlawedCell.of("=A1", Words("是公式", "A formula"), Words("请改成文字", "Make it text"))
    assert joined(headings("详情", 2), [f"a{MARK}", flawed]) is flawed


def test_every_field_that_staff_can_edit_has_a_column() -> None:
    of_product = {column.fact for column in COLUMNS if not column.of_sku}
    of_sku = {column.fact for column in COLUMNS if column.of_sku}
    # Written by their names: CATEGORY, BRAND, TAGS.
    assert set(ProductFacts.__dataclass_fields__) - of_product == {"category_id", "brand_id", "tag_ids"}
    assert set(SkuFacts.__dataclass_fields__) - of_sku == set()


def test_further_parts_stand_behind_everything_else() -> None:
    assert HEADINGS[-len(CONTINUATIONS) :] == (*headings("商品参数", 4)[1:], *headings("详情", 4)[1:])

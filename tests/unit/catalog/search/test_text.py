"""Text is folded and taken apart the same way, whatever keyboard it came from."""

from __future__ import annotations

import pytest

from backend.catalog.domain.search.text import fold, tokens
from backend.catalog.domain.search.words import every_word, parts, words


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ＭＵＪＩ　毛巾", "muji 毛巾"),
        ("Lancôme", "lancome"),
        ("５００Ｇ", "500g"),
        ("羊\u200b毛\ufeff被", "羊毛被"),
        ("ﬁn", "fin"),
    ],
)
def test_width_case_accents_and_what_nobody_sees_do_not_count(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("20寸 铝镁合金登机箱", ["20寸", "铝镁合金登机箱"]),
        ("200克/4枚入", ["200g", "4", "枚入"]),
        ("1.8米实木床", ["1.8m", "实木床"]),
        ("500ML", ["500ml"]),
        ("2公斤 3千克", ["2kg", "3kg"]),
        ("160*230羊毛", ["160", "230", "羊毛"]),
        ("carat钻石炒锅30cm", ["carat", "钻石炒锅", "30cm"]),
        ("魔兽世界-伊利丹（套装）", ["魔兽世界", "伊利丹", "套装"]),
        ("!?%_😀\u202e", []),
    ],
)
def test_tokens(text: str, found: list[str]) -> None:
    assert [token.text for token in tokens(fold(text))] == found


def test_words_overlap_in_documents_and_not_in_questions() -> None:
    assert words("纯棉四件套") == ["纯棉", "四件套"]
    assert {"纯棉", "四件", "件套", "四件套"} <= every_word("纯棉四件套")


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("毛巾", ["毛巾"]),
        ("被子", ["被"]),
        ("枕头", ["枕"]),
        ("粉色", ["粉"]),
        ("狗狗", ["狗"]),
        ("蚕丝被", ["蚕丝", "被"]),
        ("狗绳", ["狗", "绳"]),
        ("被", ["被"]),
    ],
)
def test_a_word_asks_for_less_than_itself(word: str, pieces: list[str]) -> None:
    assert parts(word) == pieces

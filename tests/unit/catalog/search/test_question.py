"""What was typed becomes terms to have and terms to like."""

from __future__ import annotations

import pytest

from backend.catalog.domain.search.document import readings
from backend.catalog.domain.search.question import MOST_REQUIRED, ask


def test_words_are_required_and_compounds_are_liked() -> None:
    question = ask("蚕丝被 MUJI")
    assert question.required == ("蚕丝", "被", "muji")
    assert question.helpful == ("蚕丝被",)
    assert question.heads == {"被", "muji"}


def test_unknown_words_fall_into_pieces_and_the_last_of_them_is_a_name() -> None:
    assert ask("狗窝").in_pieces({"狗窝"}).required == ("狗", "$窝")
    assert ask("狗窝").in_pieces({"狗窝"}).heads == {"$窝"}
    question = ask("宠物用品 MUJI")
    assert question.in_pieces({"宠物用品", "muji"}).required == ("宠物", "用品", "muji")
    assert question.in_pieces(set()) == question


def test_the_name_is_what_the_last_word_ends_in() -> None:
    question = ask("夏天用的薄被子").by_name()
    assert question is not None
    assert question.required == ("$被",)
    assert {"夏天", "夏", "薄"} <= set(question.helpful)
    assert [ask(text).by_name() for text in ("被子 muji", "520g", "---")] == [None, None, None]


def test_a_suffix_of_three_characters_says_nothing() -> None:
    assert ask("大箱子").required == ("大箱",)
    assert ask("金黄色").required == ("金黄",)


def test_pairs_beside_a_single_character_are_liked() -> None:
    assert ask("记忆枕").required == ("记忆", "枕")
    assert ask("记忆枕").helpful == ("忆枕",)


@pytest.mark.parametrize("text", ["的", "我要买", "请给我一个"])
def test_empty_words_are_asked_for_only_when_there_is_nothing_else(text: str) -> None:
    assert ask(text).required != ()
    assert ask(f"{text}毛巾").required == ("毛巾",)


@pytest.mark.parametrize("text", ["", "   ", "？！。", "%%__", "😀😀", "\u202e"])
def test_what_has_no_words_has_no_terms(text: str) -> None:
    assert ask(text).required == ()


def test_a_code_is_asked_for_as_a_whole_too() -> None:
    assert ask("FRUIT-001").code == "#fruit-001"
    assert ask("毛巾").code is None
    assert ask("two words").code is None


def test_very_many_words_are_bounded() -> None:
    question = ask(" ".join(f"word{number}" for number in range(1000)))
    assert len(question.required) == MOST_REQUIRED


def test_the_key_is_the_same_for_the_same_question() -> None:
    assert ask(" ＭＵＪＩ   毛巾 ").key == ask("muji 毛巾").key == "muji 毛巾"


@pytest.mark.parametrize(
    "title",
    ["全铝镁合金登机箱", "100年传世珐琅锅 马卡龙系列", "Let it go男式纯棉免洗内裤", "多功能封闭式环保除菌猫砂盆"],
)
def test_a_title_has_everything_that_any_stretch_of_it_asks_for(title: str) -> None:
    """However the dictionary cuts the question and the title: what is in the title is found."""
    has = readings(title, whole=True)
    for start in range(len(title)):
        for end in range(start + 1, len(title) + 1):
            stretch = title[start:end]
            if not any(character.isascii() for character in stretch):
                missing = [term for term in ask(stretch).required if term not in has]
                assert missing == [], stretch

"""A sentence in two languages that libraries take for a string."""

from __future__ import annotations

import copy
import json
import pickle

from kit.domain.error import Conflict
from kit.domain.named import NamedEnum
from kit.domain.words import Words, said

BETWEEN = Words("须在 {low} 到 {high} 之间", "Must be {low} to {high}.")


def test_both_languages_are_filled() -> None:
    filled = BETWEEN.format(low=1, high=9)
    assert filled.both == ("须在 1 到 9 之间", "Must be 1 to 9.")
    assert (filled.said("zh"), filled.said("en")) == filled.both


def test_words_inside_words_keep_to_their_language() -> None:
    outer = Words("被修改：{reason}", "Changed: {reason}")
    assert outer.format(reason=BETWEEN.format(low=1, high=9)).both == (
        "被修改：须在 1 到 9 之间",
        "Changed: Must be 1 to 9.",
    )


def test_what_people_sent_is_not_filled_again() -> None:
    assert Words("{input} 无效", "{input} is not valid").format(input="{0} {x}").both == (
        "{0} {x} 无效",
        "{0} {x} is not valid",
    )


def test_a_plain_string_where_one_is_expected() -> None:
    assert isinstance(BETWEEN, str)
    assert (json.loads(json.dumps([BETWEEN])), f"{BETWEEN}") == ([BETWEEN.zh], BETWEEN.zh)
    assert (type(BETWEEN.zh), type(BETWEEN.en)) == (str, str)


def test_copies_keep_both() -> None:
    for copied in (copy.copy(BETWEEN), copy.deepcopy({"a": [BETWEEN]})["a"][0], pickle.loads(pickle.dumps(BETWEEN))):
        assert copied.both == BETWEEN.both


def test_one_language_of_everything() -> None:
    errors = {"lines": {"0": {"quantity": [BETWEEN, 3, None]}}, "ids": ("41",)}
    assert said(errors, "en") == {"lines": {"0": {"quantity": [BETWEEN.en, 3, None]}}, "ids": ["41"]}
    assert said(errors, "zh") == {"lines": {"0": {"quantity": [BETWEEN.zh, 3, None]}}, "ids": ["41"]}


class Light(NamedEnum):
    RED = "red", "红", "red light"


class Stopped(Conflict):
    code = "test.stopped"
    zh = "{light}，不能{wanted}"
    en = "At {light} nobody may {wanted}"


def test_an_error_says_names_and_words_in_the_readers_language() -> None:
    stopped = Stopped(light=Light.RED, wanted=Words("走", "go"))
    assert (stopped.message("zh"), stopped.message("en")) == ("红，不能走", "At red light nobody may go")
    assert (Light.RED, Light.of("red"), str(Light.RED)) == ("red", Light.RED, "red")

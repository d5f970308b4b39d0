"""How good search is on the catalogue of a real shop: the measured recall may not fall."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from backend.catalog.repository.search_frequency import SearchFrequencies
from backend.catalog.wiring import services
from benchmarks.judgements import HELD_OUT, JUDGED
from benchmarks.judging import Quality, Verdict, judge, judge_all, mean_recall
from benchmarks.search_page import render
from benchmarks.search_quality import codes_found
from kit.db.extension import db
from kit.domain.clock import utc_now

# Just below what docs/search-quality.md says.
LEAST_RECALL = 0.925
LEAST_FIRST_RIGHT = 76
LEAST_HELD_OUT_RECALL = 0.8
LEAST_HELD_OUT_FIRST_RIGHT = 92
MOST_ANSWERED_IN_VAIN = 14


@pytest.fixture
def search(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """The first ten product codes in the real catalogue."""
    # What this catalogue's frequent words are is not for the next test to remember.
    monkeypatch.setattr(services().finding.index, "frequencies", SearchFrequencies(db.session))
    if "REAL_CATALOG" not in os.environ:
        pytest.skip("REAL_CATALOG names no file: the export of the live shop is not part of the project")
    with Path(os.environ["REAL_CATALOG"]).open("rb") as file:
        services().importing.run(file, operator="system:test", now=utc_now())
    services().indexing.everything()
    return codes_found


def test_a_person_finds_what_they_expect(search: Callable[[str], list[str]]) -> None:
    quality = judge_all(search)
    assert mean_recall(quality.tuned) >= LEAST_RECALL
    assert sum(verdict.first_right for verdict in quality.tuned) >= LEAST_FIRST_RIGHT
    assert mean_recall(quality.held_out) >= LEAST_HELD_OUT_RECALL
    assert sum(verdict.first_right for verdict in quality.held_out) >= LEAST_HELD_OUT_FIRST_RIGHT
    assert len(quality.answered_in_vain) <= MOST_ANSWERED_IN_VAIN


def test_what_is_held_out_is_not_tuned_for() -> None:
    """Enough questions to mean something, none that is asked twice or is a judged one with other spaces or capitals."""
    tuned = {_plain(query) for query in JUDGED}
    held_out = [_plain(query) for questions in HELD_OUT.values() for query in questions]
    assert len(tuned) >= 80
    assert len(held_out) == len(set(held_out)) >= 120
    assert tuned.isdisjoint(held_out)


def _plain(query: str) -> str:
    return unicodedata.normalize("NFKC", query).casefold().replace(" ", "")


def test_every_expected_product_is_one_of_the_shop(search: Callable[[str], list[str]]) -> None:
    """A code that is mistyped, or not on sale, could never be found."""
    judged = [*JUDGED.values(), *(codes for questions in HELD_OUT.values() for codes in questions.values())]
    expected = {code for codes in judged for code in codes}
    assert {code for code in expected if search(code) != [code]} == set()


def test_control_search_that_knows_no_characters_and_no_parts_falls_below(
    search: Callable[[str], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words exactly as the dictionary cuts them: what most shops begin with."""
    monkeypatch.setattr("backend.catalog.domain.search.question.parts", lambda word: [word])
    quality = judge_all(search)
    assert mean_recall(quality.tuned) < LEAST_RECALL
    assert mean_recall(quality.held_out) < LEAST_HELD_OUT_RECALL


def test_the_figures_are_what_they_are_called() -> None:
    verdict = Verdict("羊毛", frozenset("abc"), ("a", "x", "b"))
    assert (verdict.found, verdict.recall, verdict.precision, verdict.first_right) == (2, 2 / 3, 2 / 3, True)
    many = Verdict("毛巾", frozenset("abcdefghijklmno"), tuple("abcdefghij"))
    assert many.recall == 1
    nothing = Verdict("无", frozenset("a"), ())
    assert nothing.first_right is False
    assert judge(lambda _: list("abcdefghijklmno"), {"毛巾": many.expected}) == [many]
    page = render(Quality([verdict, many], {"everyday": [verdict], "brand": [nothing]}, {"手机": "x", "冰箱": ""}))
    assert "| tuned | 2 | 0.833 | 0.833 | 2 | 1 |" in page
    assert "| today, tuned on both | 0.333 | 0.833 | 1 | 1 | 1 of 2 |" in page
    assert "| held out once | 2 | 0.333 | 0.333 | 1 | 0 |" in page
    assert "| held out once: brand | 1 | 0.000 | 0.000 | 0 | 0 |" in page
    assert "| 羊毛 | 3 | 2 | 0.67 | 0.67 | yes | c |" in page

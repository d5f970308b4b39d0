"""How good search is on the catalogue of a real shop: the measured recall may not fall."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from backend.catalog.repository.search_frequency import SearchFrequencies
from backend.catalog.wiring import services
from benchmarks.judgements import JUDGED
from benchmarks.search_quality import Verdict, codes_found, judge, mean_recall, render
from kit.db.extension import db
from kit.domain.clock import utc_now

# Just below what docs/search-quality.md says.
LEAST_RECALL = 0.91
LEAST_FIRST_RIGHT = 76


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
    verdicts = judge(search)
    assert len(verdicts) >= 80
    assert mean_recall(verdicts) >= LEAST_RECALL
    assert sum(verdict.first_right for verdict in verdicts) >= LEAST_FIRST_RIGHT


def test_every_expected_product_is_one_of_the_shop(search: Callable[[str], list[str]]) -> None:
    """A code that is mistyped, or not on sale, could never be found."""
    expected = {code for codes in JUDGED.values() for code in codes}
    assert {code for code in expected if search(code) != [code]} == set()


def test_control_search_that_knows_no_characters_and_no_parts_falls_below(
    search: Callable[[str], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words exactly as the dictionary cuts them: what most shops begin with."""
    monkeypatch.setattr("backend.catalog.domain.search.question.parts", lambda word: [word])
    assert mean_recall(judge(search)) < LEAST_RECALL


def test_the_figures_are_what_they_are_called() -> None:
    verdict = Verdict("羊毛", frozenset("abc"), ("a", "x", "b"))
    assert (verdict.found, verdict.recall, verdict.precision, verdict.first_right) == (2, 2 / 3, 2 / 3, True)
    many = Verdict("毛巾", frozenset("abcdefghijklmno"), tuple("abcdefghij"))
    assert many.recall == 1
    assert Verdict("无", frozenset("a"), ()).first_right is False
    page = render([verdict, many])
    assert "recall@10 0.833**, precision@k 0.833, first hit right in 2, everything found in 1." in page
    assert "| 羊毛 | 3 | 2 | 0.67 | 0.67 | yes | c |" in page

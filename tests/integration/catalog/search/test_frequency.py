"""Frequent words are counted once in a while, rare ones every time."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import insert

from backend.catalog.domain.posting import Posting
from backend.catalog.repository.search import frequency as search_frequency
from backend.catalog.repository.search.frequency import SearchFrequencies
from kit.db.extension import db
from tests.factories.statements import counted_statements


class Clock:
    def __init__(self) -> None:
        self.now = 5000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def frequencies(app: Flask, clock: Clock) -> SearchFrequencies:
    return SearchFrequencies(db.session, clock)


def have(term: str, number: int, start: int = 1) -> None:
    rows = [{"term": term, "impact": 9, "product_id": product_id} for product_id in range(start, start + number)]
    db.session.execute(insert(Posting), rows)


def test_rare_words_are_counted_exactly_and_every_time(frequencies: SearchFrequencies) -> None:
    have("羊毛", 3)
    assert frequencies.of(["羊毛", "蚕丝"]) == {"羊毛": 3, "蚕丝": 0}
    have("羊毛", 2, start=10)
    have("蚕丝", 63)
    assert frequencies.of(["羊毛", "蚕丝"]) == {"羊毛": 5, "蚕丝": 63}


def test_frequent_words_are_rounded_and_remembered_for_a_while(frequencies: SearchFrequencies, clock: Clock) -> None:
    have("新款", 100)
    have("羊毛", 1)
    assert frequencies.of(["新款", "羊毛"]) == {"新款": 64, "羊毛": 1}
    have("新款", 60, start=1000)
    with counted_statements() as statements:
        assert frequencies.of(["新款"]) == {"新款": 64}
    assert statements == []
    clock.now += 601
    assert frequencies.of(["新款"]) == {"新款": 128}


def test_counting_ends_somewhere(frequencies: SearchFrequencies, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_frequency, "_MOST_COUNTED", 70)
    have("新款", 200)
    assert frequencies.of(["新款"]) == {"新款": 64}


def test_memory_is_bounded(frequencies: SearchFrequencies, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_frequency, "_MOST_REMEMBERED", 2)
    for term in ("一", "二", "三"):
        have(term, 64)
        frequencies.of([term])
    with counted_statements() as statements:
        assert frequencies.of(["三", "一"]) == {"三": 64, "一": 64}
    assert len(statements) == 1

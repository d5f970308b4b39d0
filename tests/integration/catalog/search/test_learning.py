"""What customers search for is counted beside the request, written by a timer, and becomes words to offer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from flask import Flask
from redis.exceptions import ConnectionError as RedisAway
from sqlalchemy import text

from backend.catalog.domain.search.question import ask
from backend.catalog.service.searching import recording
from backend.catalog.wiring import services
from kit.db.extension import db
from kit.repository.page import PageRequest
from tests.factories.catalog import make_category
from tests.factories.catalog_search import found, make_indexed
from tests.factories.statements import counted_statements

pytestmark = pytest.mark.usefixtures("app")
# Four in the afternoon in UTC is midnight in Shanghai.
NOW = datetime(2026, 11, 20, 15, 59, tzinfo=UTC)


def counts() -> list[tuple[Any, ...]]:
    db.session.rollback()
    query = "SELECT day, words, times, missed, last_results FROM cat_search_count ORDER BY day, words"
    return [tuple(row) for row in db.session.execute(text(query))]


def ask_often(words: str, times: int, *, results: int = 1) -> None:
    for _ in range(times):
        services().recording.note(ask(words), results)


def flush(now: datetime = NOW) -> int:
    return services().recording.flush(now=now)


def test_a_search_writes_nothing_to_the_database() -> None:
    make_indexed("羊毛被")
    db.session.rollback()
    with counted_statements() as statements:
        found("羊毛被")
    assert [statement.split()[0] for statement in statements] == ["SELECT"] * 4
    assert counts() == []


def test_questions_are_counted_by_day_of_the_shop_and_added_up() -> None:
    make_indexed("羊毛被")
    for words in ("羊毛被", " 羊毛被 ", "野兽派"):
        found(words)
    assert flush() == 2
    assert counts() == [(20261120, "羊毛被", 2, 0, 1), (20261120, "野兽派", 1, 1, 0)]
    found("羊毛被")
    assert flush() == 1
    found("羊毛被")
    assert flush(NOW + timedelta(minutes=1)) == 1
    assert counts() == [
        (20261120, "羊毛被", 3, 0, 1),
        (20261120, "野兽派", 1, 1, 0),
        (20261121, "羊毛被", 1, 0, 1),
    ]
    assert flush() == 0


def test_only_the_first_page_is_a_question() -> None:
    for number in range(3):
        make_indexed(f"羊毛被 {number}")
    page = services().finding.search("羊毛被", PageRequest(2, None))
    services().finding.search("羊毛被", PageRequest(2, page["next_cursor"]))
    flush()
    assert [row[2:] for row in counts()] == [(1, 0, 2)]


def test_what_a_flush_that_died_left_over_is_written_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    ask_often("羊毛被", 2)

    class Died(Exception):
        pass

    def die(*_: Any, **__: Any) -> None:
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(services().search_log, "add_counts", die)
        with pytest.raises(Died):
            flush()
    ask_often("羊毛被", 3)
    assert (flush(), flush()) == (1, 1)
    assert [row[2] for row in counts()] == [5]


def test_redis_away_costs_the_count_and_nothing_else(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    make_indexed("羊毛被")

    class Away:
        def __getattr__(self, name: str) -> Any:
            raise RedisAway("gone")

    # It will leave Redis alone for a second; the next test must not inherit that.
    monkeypatch.setattr(services().recording, "_silent_until", 0.0)
    monkeypatch.setattr(services().recording, "_redis", Away)
    assert found("羊毛被") == ["羊毛被"]
    assert flush() == 0


def test_nonsense_cannot_fill_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MOST_QUESTIONS", 2)
    for number in range(20):
        ask_often(f"nonsense {number}", 1, results=0)
    ask_often("nonsense 0", 4, results=0)
    flush()
    assert [(words, times) for _, words, times, *_ in counts()] == [("nonsense 0", 5), ("nonsense 1", 1)]


@pytest.mark.parametrize("words", ["😀" * 50, "x" * 100, "é" * 61, "羊毛 \u3000 被"])
def test_hostile_questions_are_counted_as_they_fit(words: str) -> None:
    ask_often(words, 1, results=0)
    assert flush() == 1
    assert len(counts()[0][1]) <= 60


def test_what_nobody_found_is_listed_day_by_day_the_most_frequent_first() -> None:
    ask_often("电饭煲", 5, results=0)
    ask_often("羊毛被", 9)
    ask_often("吹风机", 7, results=0)
    flush()
    ask_often("电饭煲", 1, results=0)
    flush(NOW + timedelta(days=1))
    pages, cursor = [], None
    while True:
        page = services().search_log.missed(PageRequest(1, cursor))
        pages += [(row.day, row.words, row.missed) for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert pages == [(20261121, "电饭煲", 1), (20261120, "吹风机", 7), (20261120, "电饭煲", 5)]


def hot_words() -> list[str]:
    words: list[str] = orjson.loads(services().offering.hot_words().body)["items"]
    return words


def test_often_searched_words_become_hot_and_arranged_ones_come_first() -> None:
    for words, times, results in (
        ("羊毛被", 5, 3),
        ("四件套", 9, 3),
        ("野兽派", 30, 0),
        ("一次", 2, 3),
        ("骂人话", 7, 1),
    ):
        ask_often(words, times, results=results)
    flush()
    services().offering.learn(now=NOW)
    assert hot_words() == ["四件套", "骂人话", "羊毛被"]
    services().offering.arrange(arranged=["新年礼盒", "羊毛被"], hidden=["骂人话"], version=1)
    assert hot_words() == ["新年礼盒", "羊毛被", "四件套"]
    assert services().offering.arrangement() == {
        "arranged": ["新年礼盒", "羊毛被"],
        "hidden": ["骂人话"],
        "version": 2,
    }


def test_last_weeks_words_cool_down() -> None:
    ask_often("羊毛被", 5)
    flush()
    services().offering.learn(now=NOW + timedelta(days=6))
    assert hot_words() == ["羊毛被"]
    services().offering.learn(now=NOW + timedelta(days=7))
    assert hot_words() == []


def test_suggestions_are_words_then_titles() -> None:
    category = make_category("羊毛制品")
    make_indexed("澳洲羊毛被", category_id=category, brand="羊羊")
    ask_often("羊毛毯", 4)
    flush()
    services().offering.learn(now=NOW)
    assert services().offering.suggestions("羊") == ["羊毛毯", "羊毛制品", "羊羊", "澳洲羊毛被"]
    assert services().offering.suggestions("羊毛") == ["羊毛毯", "羊毛制品", "澳洲羊毛被"]
    services().offering.arrange(arranged=["羊绒衫"], hidden=["羊毛毯"], version=1)
    assert services().offering.suggestions("羊") == ["羊绒衫", "羊毛制品", "羊羊", "澳洲羊毛被"]


def test_hidden_categories_are_not_suggested_nor_those_below_them() -> None:
    hidden = make_category("羊绒内部", shown=False)
    make_category("羊绒样品", parent_id=hidden)
    make_category("羊绒围巾")
    services().offering.learn(now=NOW)
    assert services().offering.suggestions("羊绒") == ["羊绒围巾"]


@pytest.mark.parametrize("typed", ["", "%", "_", "😀", "\U0010ffff", "zzz"])
def test_what_begins_nothing_suggests_nothing(typed: str) -> None:
    make_indexed("羊毛被")
    services().offering.learn(now=NOW)
    assert services().offering.suggestions(typed) == []


def test_statements_do_not_grow_with_what_there_is() -> None:
    numbers = []
    for number in (1, 5, 20):
        for _ in range(number):
            make_indexed("羊毛被")
            ask_often(f"羊毛被 {number}", 3)
        flush()
        services().offering.learn(now=NOW)
        db.session.rollback()
        with counted_statements() as statements:
            services().offering.suggestions("羊毛")
            services().finding.search("羊毛被", PageRequest(20, None))
            services().search_log.missed(PageRequest(20, None))
        numbers.append(len(statements))
    # The second search has a full page, and looks for no more.
    assert numbers == [8, 8, 7]


def test_a_guess_counts_as_searched_for_in_vain() -> None:
    make_indexed("方形宠物窝")
    assert (found("狗窝"), found("宠物窝")) == (["方形宠物窝"], ["方形宠物窝"])
    flush()
    assert [(words, times, missed) for _, words, times, missed, _ in counts()] == [("宠物窝", 1, 0), ("狗窝", 1, 1)]


def test_old_counts_are_swept() -> None:
    ask_often("羊毛被", 5)
    flush()
    assert services().offering.sweep(now=NOW + timedelta(days=90)) == 0
    assert services().offering.sweep(now=NOW + timedelta(days=91)) == 1
    assert counts() == []

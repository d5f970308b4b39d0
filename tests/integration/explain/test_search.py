"""A search reads a stretch of one word's products, and each of them once by its key."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import insert, text

from backend.catalog.domain.posting import Posting
from backend.catalog.domain.search.document import off_shelf
from backend.catalog.domain.search.port import Sought, Spot
from backend.catalog.domain.search.question import ask
from backend.catalog.repository.search.frequency import SearchFrequencies
from backend.catalog.repository.search.staff_index import SqlStaffIndex
from backend.catalog.wiring import services as catalog
from kit.db.extension import db
from tests.integration.explain.plan import ROWS, seen
from tests.integration.explain.test_lists import many_postings

pytestmark = [pytest.mark.mysql_only, pytest.mark.commits]


def joins_in_bounds(words: str, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """(table, access) of a search for several words: a stretch of one word, then each product's document."""
    # Frequent words are remembered: not those of the test before, and not for the next.
    monkeypatch.setattr(catalog().finding.index, "frequencies", SearchFrequencies(db.session))
    statement, parameters = seen(lambda: catalog().finding.index.find(ask(words), limit=20))[1]
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN {statement}", parameters)
    return [(row["table"], row["type"]) for row in plan.mappings()]


def test_a_search_for_several_words_reads_each_candidate_once_by_its_key(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_postings()
    for number in range(1, ROWS):
        if number % 5 == 0:
            db.session.execute(insert(Posting), [{"term": "地毯", "impact": 900, "product_id": number}])
    db.session.execute(text("COMMIT"))
    plan = joins_in_bounds("地毯 羊毛 毛巾", monkeypatch)
    assert dict(plan)["cat_search_document"] == "eq_ref"
    assert dict(plan)["cat_search_posting"] == "ref"


@pytest.mark.parametrize("behind", [None, Spot(0, 1003, 900)])
def test_staff_walk_one_word_and_look_the_others_up_by_the_product(app: Flask, behind: Spot | None) -> None:
    many_postings()
    index = SqlStaffIndex()
    index.frequencies.of(["羊毛", "word5", off_shelf("羊毛"), off_shelf("word5")])
    db.session.execute(text("COMMIT"))
    statement, parameters = seen(lambda: index.walk(Sought(("羊毛", "word5")), limit=20, after=behind))[-1]
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN {statement}", parameters)
    postings = [row for row in plan.mappings() if row["table"].startswith("cat_search_posting")]
    # Two shelves: a window and its end, and the other word.
    assert sorted(row["key"] for row in postings) == ["PRIMARY"] * 4 + ["uq_cat_search_posting_product_id_term"] * 2
    assert {row["type"] for row in postings} <= {"ref", "range", "eq_ref", "const"}
    assert [row["Extra"] for row in postings if "filesort" in (row["Extra"] or "")] == []


def test_staff_read_one_word_off_the_index_until_the_page_is_full(app: Flask) -> None:
    many_postings()
    db.session.execute(text("COMMIT"))
    ((statement, parameters),) = seen(lambda: SqlStaffIndex().walk(Sought(("羊毛",)), limit=20))[1:]
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN {statement}", parameters)
    postings = [row for row in plan.mappings() if row["table"].startswith("cat_search_posting")]
    assert [row["key"] for row in postings] == ["PRIMARY"] * 2
    assert [row["Extra"] for row in postings if "filesort" in (row["Extra"] or "")] == []

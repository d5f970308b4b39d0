"""The inverted table answers as a plain reading of all documents would, only faster."""

from __future__ import annotations

import random
from collections import defaultdict
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import text

from backend.catalog.domain.search.document import SearchDocument, packed
from backend.catalog.domain.search.port import Place
from backend.catalog.domain.search.question import Question, ask
from backend.catalog.repository.search import index as search_index
from backend.catalog.repository.search.index import SqlSearchIndex
from kit.db.extension import db
from kit.service.transaction import in_transaction
from tests.factories.catalog_search import document
from tests.factories.statements import counted_statements

WORDS = (
    *("羊毛", "蚕丝", "纯棉", "毛巾", "浴巾", "地毯", "窗帘", "枕头", "被子", "四件套", "日式", "北欧", "条纹", "加厚"),
    *("粉色", "muji", "carat", "20寸", "500g"),
)


@pytest.fixture
def index(app: Flask) -> SqlSearchIndex:
    return SqlSearchIndex()


def put(index: SqlSearchIndex, *documents: SearchDocument) -> list[int]:
    return in_transaction(lambda: index.put(documents))


def ids(index: SqlSearchIndex, text: str, limit: int = 20) -> list[int]:
    """Of the products that have all the words."""
    return list(index.find(ask(text), limit=limit, exact=True).product_ids)


def everything(index: SqlSearchIndex, question: Question, limit: int, *, exact: bool = False) -> list[int]:
    """All pages, one after the other."""
    seen: list[int] = []
    after: Place | None = None
    while True:
        page = index.find(question, limit=limit, after=after, exact=exact)
        seen += page.product_ids
        after = page.after
        if after is None:
            return seen


def crowd(number: int) -> list[SearchDocument]:
    """Documents of random words, the same every time."""
    dice = random.Random(7)
    return [
        document(product_id, " ".join(dice.sample(WORDS, 5)), sales=dice.choice([0, 0, 3, 500]))
        for product_id in range(1, number + 1)
    ]


def test_titles_come_before_selling_points(index: SqlSearchIndex) -> None:
    put(index, document(1, "毛巾", selling_point="羊毛"), document(2, "羊毛被"), document(3, "毛巾"))
    assert ids(index, "羊毛") == [2, 1]


def test_every_word_must_be_there(index: SqlSearchIndex) -> None:
    put(index, document(1, "羊毛地毯"), document(2, "羊毛被"), document(3, "真丝地毯"))
    assert ids(index, "羊毛 地毯") == [1]


def test_behind_what_has_every_word_comes_what_has_most(index: SqlSearchIndex) -> None:
    put(index, document(1, "羊毛地毯"), document(2, "羊毛被"), document(3, "真丝地毯"), document(4, "毛巾"))
    found = index.find(ask("羊毛 地毯"), limit=20)
    assert (found.product_ids, found.relaxed, found.after) == ([1, 3, 2], False, None)
    first = index.find(ask("羊毛 地毯"), limit=1)
    behind = index.find(ask("羊毛 地毯"), limit=5, after=first.after)
    assert (first.product_ids, first.relaxed) == ([1], False)
    assert (behind.product_ids, behind.relaxed, behind.after) == ([3, 2], True, None)


def test_words_that_no_product_has_are_taken_for_what_they_are_made_of(index: SqlSearchIndex) -> None:
    put(index, document(1, "方形宠物窝"), document(2, "宠物碗"), document(3, "全铝登机箱"), document(4, "毛巾架"))
    for question, product_ids in {"狗窝": [1], "宠物用品": [2, 1], "大箱子": [3]}.items():
        found = index.find(ask(question), limit=20)
        assert (found.product_ids, found.relaxed, found.guessed, found.after) == (product_ids, True, True, None)
    # A product that has the word ends the guessing.
    put(index, document(5, "狗窝"))
    assert index.find(ask("狗窝"), limit=20).product_ids == [5]


def test_at_last_the_last_word_names_the_thing(index: SqlSearchIndex) -> None:
    put(index, document(1, "华夫格夏凉被"), document(2, "被单"), document(3, "羊毛厚被子"), document(4, "毛巾"))
    found = index.find(ask("夏日里奶奶爱盖的小被子"), limit=20)
    assert (found.product_ids, found.relaxed, found.guessed, found.after) == ([1, 3], True, True, None)
    assert index.find(ask("夏日里奶奶爱盖的小被子"), limit=20, exact=True).product_ids == []


def test_what_only_looks_like_the_thing_is_not_guessed(index: SqlSearchIndex) -> None:
    """登机箱 has a 机 and is none."""
    put(index, document(1, "登机箱"), document(2, "手工地毯"))
    for question in ("手机", "耳机", "游戏主机"):
        assert index.find(ask(question), limit=20).product_ids == []


@pytest.mark.parametrize("text", ["狗窝 羊毛", "不存在", "羊毛 毛巾 不存在", "zzz yyy", "给小狗买的新窝"])
def test_a_guess_costs_a_bounded_number_of_statements(index: SqlSearchIndex, text: str) -> None:
    put(index, *[document(number, f"羊毛毛巾 {number % 7} 窝") for number in range(1, 300)])
    with counted_statements() as statements:
        index.find(ask(text), limit=20)
    assert len(statements) <= 8


def test_without_a_full_answer_most_words_are_enough_and_it_is_said(index: SqlSearchIndex) -> None:
    put(index, document(1, "羊毛地毯"), document(2, "羊毛被"), document(3, "毛巾"))
    found = index.find(ask("羊毛 地毯 野兽派"), limit=20)
    assert (found.product_ids, found.relaxed) == ([1], True)
    assert index.find(ask("野兽派 皮革 羊毛"), limit=20).product_ids == []


def test_what_sells_comes_first_and_what_is_sold_out_last(index: SqlSearchIndex) -> None:
    put(
        index,
        document(1, "毛巾", sales=0),
        document(2, "毛巾", sales=5000),
        document(3, "毛巾", sales=9000, in_stock=False),
        document(4, "毛巾", sales=0),
    )
    assert ids(index, "毛巾") == [2, 4, 1, 3]


def test_a_latin_word_is_found_by_its_beginning_the_whole_word_first(index: SqlSearchIndex) -> None:
    put(index, document(1, "carat 炒锅"), document(2, "car 毛巾"), document(3, "scar"))
    assert ids(index, "CAR") == [2, 1]


def test_a_code_is_found_whole_and_before_words(index: SqlSearchIndex) -> None:
    put(index, document(1, "毛巾", codes=("1030005",)), document(2, "毛巾 1030005"))
    assert ids(index, "1030005") == [1]
    assert ids(index, "103000") == []


def test_wildcards_are_no_wildcards(index: SqlSearchIndex) -> None:
    put(index, document(1, "羊毛被"), document(2, "a_b 100%"))
    assert [ids(index, text) for text in ("%", "_", "%被", "毛_被", "*", "'; DROP TABLE x;--")] == [
        [],
        [],
        [1],
        [1],
        [],
        [],
    ]


@pytest.mark.parametrize(("one", "other"), [("resume", "résumé"), ("MUJI", "muji"), ("毛巾", "毛巾\u3000")])
def test_spelling_variants_are_one_word(index: SqlSearchIndex, one: str, other: str) -> None:
    put(index, document(1, one))
    assert ids(index, other) == [1]


def test_words_that_a_loose_collation_would_mix_up_are_different(index: SqlSearchIndex) -> None:
    put(index, document(1, "ss"), document(2, "straße"), document(3, "か"), document(4, "カ"), document(5, "𠮷"))
    assert ids(index, "ス") == []
    assert ids(index, "カ") == [4]


def test_putting_writes_only_what_is_different(index: SqlSearchIndex) -> None:
    assert put(index, document(1, "羊毛被"), document(2, "毛巾")) == [1, 2]
    assert put(index, document(1, "羊毛被"), document(2, "浴巾")) == [2]
    assert (ids(index, "毛巾"), ids(index, "浴巾")) == ([], [2])
    assert index.differing([document(1, "羊毛被"), document(2, "毛巾")]) == [2]
    with counted_statements() as statements:
        put(index, document(1, "羊毛被"), document(2, "浴巾"))
    assert [statement.split()[0] for statement in statements] == ["SELECT", "SELECT"]


@pytest.mark.parametrize("table", ["cat_search_posting", "cat_search_document"])
def test_whichever_table_was_lost_is_written_again(index: SqlSearchIndex, table: str) -> None:
    put(index, document(1, "羊毛 毛巾"))
    in_transaction(lambda: db.session.execute(text(f"DELETE FROM {table}")))
    assert ids(index, "羊毛 毛巾") == []
    assert index.differing([document(1, "羊毛 毛巾")]) == [1]
    assert put(index, document(1, "羊毛 毛巾")) == [1]
    assert ids(index, "羊毛 毛巾") == [1]
    assert put(index, document(1, "羊毛 毛巾")) == []


def test_a_removed_product_leaves_nothing_behind(index: SqlSearchIndex) -> None:
    put(index, document(1, "毛巾"), document(2, "毛巾"))
    in_transaction(lambda: index.remove([1]))
    for table in ("cat_search_posting", "cat_search_document"):
        assert set(db.session.scalars(text(f"SELECT product_id FROM {table}"))) == {2}


def test_the_two_tables_say_the_same(index: SqlSearchIndex) -> None:
    put(index, *crowd(30))
    put(index, *[document(number, "蚕丝 毛巾", sales=number) for number in range(1, 20)])
    postings: dict[int, dict[str, int]] = defaultdict(dict)
    for row in db.session.execute(text("SELECT product_id, term, impact FROM cat_search_posting")):
        postings[row.product_id][row.term] = row.impact
    documents = db.session.execute(text("SELECT product_id, terms FROM cat_search_document"))
    assert {row.product_id: row.terms for row in documents} == {
        product_id: packed(impacts) for product_id, impacts in postings.items()
    }


def test_a_word_inside_another_word_is_not_taken_for_it(index: SqlSearchIndex) -> None:
    put(index, document(1, "100a 毛巾"), document(2, "0a 毛巾"), document(3, "a 毛巾 1000"))
    assert [ids(index, f"{word} 毛巾") for word in ("0a", "a", "1000", "100")] == [[2], [3], [3], [1]]


def test_removed_products_are_gone(index: SqlSearchIndex) -> None:
    put(index, document(1, "毛巾"), document(2, "毛巾"))
    in_transaction(lambda: index.remove([1]))
    assert ids(index, "毛巾") == [2]
    assert index.product_ids(after=0, limit=10) == [2]


@pytest.mark.parametrize(
    "text", ["羊毛", "羊毛 毛巾", "枕头", "日式 条纹 地毯", "muji 粉色", "mu", "20寸", "四件套 被子 羊毛"]
)
def test_the_answer_is_that_of_reading_every_document(index: SqlSearchIndex, text: str) -> None:
    """Every document is in the first tier here: the order is exact."""
    documents = crowd(200)
    put(index, *documents)
    question = ask(text)
    impacts = {one.product_id: one.impacts() for one in documents}
    counts = {term: min(512, sum(term in has for has in impacts.values())) for term in question.terms}
    rarity = {term: max(1, 11 - count.bit_length()) for term, count in counts.items()}
    scores = {
        product_id: sum(has.get(term, 0) * rarity[term] for term in (*question.required, *question.helpful))
        for product_id, has in impacts.items()
        if all(term in has for term in question.required)
    }
    wanted = sorted(scores, key=lambda product_id: (-scores[product_id], -product_id))
    assert everything(index, question, limit=7, exact=True) == wanted
    assert wanted != []


@pytest.mark.parametrize("text", ["羊毛", "羊毛 毛巾", "日式 被子", "羊毛 毛巾 不存在", "粉色 地毯 窗帘 不存在"])
def test_pages_show_every_hit_once_over_all_tiers(
    index: SqlSearchIndex, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_index, "TIERS", ((0, 5), (5, 20), (25, 1000)))
    put(index, *crowd(400))
    question = ask(text)
    at_once = everything(index, question, limit=100)
    assert len(at_once) == len(set(at_once)) > 1
    for limit in (1, 3, 20):
        paged = everything(index, question, limit=limit)
        assert paged == at_once


def test_a_question_that_is_in_everything_reads_a_bounded_number_of_rows(index: SqlSearchIndex) -> None:
    put(index, *[document(number, f"羊毛 毛巾 {number % 7}") for number in range(1, 600)])
    with counted_statements() as statements:
        found = index.find(ask("羊毛 毛巾"), limit=20)
    assert len(found.product_ids) == 20
    assert len(statements) == 2


@pytest.mark.parametrize("text", ["羊毛", "羊毛 毛巾"])
def test_equal_products_are_in_a_fixed_order_newest_first(index: SqlSearchIndex, text: str) -> None:
    put(index, *[document(number, "羊毛毛巾") for number in (5, 3, 9, 1)])
    found = ids(index, text)
    assert found == [9, 5, 3, 1]
    assert all(one > other for one, other in pairwise(found))

"""The shop's list reads a page's worth of rows, wherever the page is: no scan, and no sorting of what was asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, select, text

from backend.catalog.domain.listing import Facet, ListOrder
from backend.catalog.domain.product import Product
from backend.catalog.service.shopping import browsing
from backend.catalog.service.shopping.browsing import Browsing, Wish
from benchmarks.browsing import Largest, largest
from benchmarks.crowd import APART, fill
from kit.db.extension import db
from kit.repository.page import PageRequest

pytestmark = [pytest.mark.mysql_only, pytest.mark.commits]
PRODUCTS, PAGE = 6000, 20
# Two halves of a page with their products where those decide, their merging in a temporary table, and the products.
READS = 12 * PAGE

CARDS: Select[*tuple[Any, ...]] = select(Product.id, Product.title)
SINGLE: dict[str, Callable[[Largest], Wish]] = {
    "all": lambda _made: Wish(),
    "in stock": lambda _made: Wish(in_stock=True),
    "category": lambda made: Wish(category_id=made.roots[0]),
    "brand": lambda made: Wish(brand_id=made.brands[0]),
    "tag": lambda made: Wish(tag_ids=frozenset(made.tags[:1])),
    "what the home page falls back to": lambda made: Wish(without=frozenset(made.roots[:1])),
}
COMBINED: dict[str, Callable[[Largest], Wish]] = {
    "price": lambda _made: Wish(price_from_fen=1000, price_to_fen=30_000),
    "narrow price": lambda _made: Wish(price_from_fen=50_000, price_to_fen=60_000),
    "category, price": lambda made: Wish(category_id=made.roots[0], price_from_fen=1000, price_to_fen=30_000),
    "category, brand": lambda made: Wish(category_id=made.roots[0], brand_id=made.brands[0]),
    "two tags": lambda made: Wish(tag_ids=frozenset(made.tags[:2])),
}
# Nothing or next to nothing is all of this, and each for itself is much.
HARDLY: dict[str, Callable[[Largest], Wish]] = {
    "never together": lambda made: Wish(category_id=made.roots[0], tag_ids=frozenset({made.tags[APART]})),
    "five conditions": lambda made: Wish(
        category_id=made.roots[0],
        brand_id=made.brands[0],
        tag_ids=frozenset(made.tags[:2]),
        price_from_fen=1000,
        price_to_fen=30_000,
    ),
}


def rows_read(which: str = "Handler_read%") -> int:
    return sum(int(row[1]) for row in db.session.execute(text("SHOW SESSION STATUS LIKE :which"), {"which": which}))


def read_by(wish: Wish, *, pages: int = 1) -> int:
    """Rows that the last of `pages` read."""
    cursor = None
    found = 0
    for _ in range(pages):
        before = rows_read()
        own = rows_read() - before
        before = rows_read()
        page = Browsing().page(CARDS, wish, PageRequest(PAGE, cursor))
        found = rows_read() - before - own
        assert len(page.items) == PAGE
        cursor = page.next_cursor
    return found


def test_a_page_of_one_facet_reads_a_page(app: Flask) -> None:
    fill(db.engine, PRODUCTS, searchable=False)
    made = largest()
    read = {
        (name, order.value, pages): read_by(replace(wish(made), order=order), pages=pages)
        for name, wish in SINGLE.items()
        for order in ListOrder
        for pages in (1, 12)
    }
    assert {question: rows for question, rows in read.items() if rows > READS} == {}
    combined = {
        (name, order.value): read_by(replace(wish(made), order=order))
        for name, wish in COMBINED.items()
        for order in ListOrder
    }
    # Each of two facets counted up to FEW; then a walk or a gathering of no more than that, with a look-up for each.
    bound = 2 * browsing.FEW_OF_SEVERAL + 3 * browsing.FEW_OF_SEVERAL
    assert {question: rows for question, rows in combined.items() if rows > bound} == {}


def looked_up(wish: Wish) -> int:
    """Rows that one page found by a key: each is somewhere else, and costs ten rows of a range."""
    before = rows_read("Handler_read_key")
    Browsing().page(CARDS, wish, PageRequest(PAGE))
    return rows_read("Handler_read_key") - before


def test_what_does_not_fit_is_hardly_ever_looked_up(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(db.engine, PRODUCTS, searchable=False)
    made = largest()
    questions = [
        replace(wish(made), order=order) for wish in (*COMBINED.values(), *HARDLY.values()) for order in ListOrder
    ]
    found = {wish: looked_up(wish) for wish in questions}
    # A page of both halves with up to three other facets, and the chance matches of the bits.
    assert {wish: keys for wish, keys in found.items() if keys > READS} == {}
    # Control: without the bits each row of the leading facet is looked up in the others.
    monkeypatch.setattr(Facet, "bit", 0)
    assert all(looked_up(wish) > 2 * READS for wish in questions if wish.tag_ids and wish.category_id)


def test_control_without_the_read_model_the_subtree_is_sorted(app: Flask) -> None:
    leaves = [leaf for leaf, *_ in fill(db.engine, PRODUCTS, searchable=False).leaves]
    query = CARDS.where(Product.category_id.in_(leaves[:5])).order_by(Product.sort_weight.desc(), Product.id.desc())
    before = rows_read()
    db.session.execute(query.limit(PAGE)).all()
    assert rows_read() - before > READS

"""The shop's list reads a page's worth of rows, wherever the page is: no scan, and no sorting of what was asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, select, text

from backend.catalog.domain.listing import ListOrder
from backend.catalog.domain.product import Product
from backend.catalog.service import browsing
from backend.catalog.service.browsing import Browsing, Wish
from benchmarks.catalogue import Catalogue, fill
from kit.db.extension import db
from kit.repository.page import PageRequest

pytestmark = [pytest.mark.mysql_only, pytest.mark.commits]
PRODUCTS, PAGE = 6000, 20
# Two halves of a page, their merging in a temporary table, and the products.
READS = 10 * PAGE

CARDS: Select[*tuple[Any, ...]] = select(Product.id, Product.title)
SINGLE: dict[str, Callable[[Catalogue], Wish]] = {
    "all": lambda _made: Wish(),
    "in stock": lambda _made: Wish(in_stock=True),
    "category": lambda made: Wish(category_id=made.roots[0]),
    "brand": lambda made: Wish(brand_id=made.brands[0]),
    "tag": lambda made: Wish(tag_ids=frozenset(made.tags[:1])),
}
COMBINED: dict[str, Callable[[Catalogue], Wish]] = {
    "price": lambda _made: Wish(price_from_fen=1000, price_to_fen=30_000),
    "narrow price": lambda _made: Wish(price_from_fen=50_000, price_to_fen=60_000),
    "category, price": lambda made: Wish(category_id=made.roots[0], price_from_fen=1000, price_to_fen=30_000),
    "category, brand": lambda made: Wish(category_id=made.roots[0], brand_id=made.brands[0]),
    "two tags": lambda made: Wish(tag_ids=frozenset(made.tags[:2])),
}


def rows_read() -> int:
    return sum(int(row[1]) for row in db.session.execute(text("SHOW SESSION STATUS LIKE 'Handler_read%'")))


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
    made = fill(PRODUCTS)
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
    bound = 2 * browsing.FEW + 3 * browsing.FEW
    assert {question: rows for question, rows in combined.items() if rows > bound} == {}


def test_control_without_the_read_model_the_subtree_is_sorted(app: Flask) -> None:
    made = fill(PRODUCTS)
    query = CARDS.where(Product.category_id.in_(made.leaves[:5])).order_by(
        Product.sort_weight.desc(), Product.id.desc()
    )
    before = rows_read()
    db.session.execute(query.limit(PAGE)).all()
    assert rows_read() - before > READS

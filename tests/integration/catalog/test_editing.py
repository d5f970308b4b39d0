"""Staff's changes against the database: versions, races, and what hangs together."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from backend.catalog.domain.category import Category
from backend.catalog.domain.error import (
    CategoryInUse,
    CategoryNameTaken,
    CategoryNotFound,
    ProductCodeTaken,
    ProductNotFound,
    SpecRepeated,
)
from backend.catalog.domain.facts import ProductFacts, SkuLine
from backend.catalog.domain.product import Product
from backend.catalog.domain.tree import CategoryFacts
from backend.catalog.facade import sellable
from backend.catalog.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.domain.version import StaleVersion
from tests.factories.catalog import make_category, make_product, sku_line
from tests.factories.statements import counted_statements
from tests.support.threads import at_once


def edit(product_id: int, *, version: int, price_fen: int) -> None:
    product = services().query.product(product_id)
    facts = ProductFacts(category_id=product["category_id"], title=product["title"])
    lines = [sku_line("款式1", price_fen=price_fen, sku_id=product["skus"][0].id)]
    services().editing.edit(product_id, facts, lines, version=version, operator="system:test", now=utc_now())


@pytest.mark.usefixtures("app")
def test_a_stale_edit_changes_nothing_and_names_both_versions(everything: Callable[[], Any]) -> None:
    made = make_product(price_fen=1000)
    version = services().query.product(made.product_id)["version"]
    edit(made.product_id, version=version, price_fen=1100)
    before = everything()
    with pytest.raises(StaleVersion) as stale:
        edit(made.product_id, version=version, price_fen=900)
    assert stale.value.errors == {"version": {"sent": version, "current": version + 1}}
    assert everything() == before


@pytest.mark.commits
def test_of_two_edits_of_the_same_version_one_wins(app: Flask) -> None:
    made = make_product(price_fen=1000)
    version = services().query.product(made.product_id)["version"]
    db.session.remove()

    def edit_to(price_fen: int) -> Callable[[], str]:
        def run() -> str:
            try:
                edit(made.product_id, version=version, price_fen=price_fen)
            except StaleVersion:
                return "stale"
            return "won"

        return run

    results = at_once(app, [edit_to(price) for price in (1100, 1200)])
    assert sorted(results) == ["stale", "won"]


@pytest.mark.commits
def test_a_category_is_not_archived_under_a_product_that_is_just_coming(app: Flask) -> None:
    """Whoever is first, no live product ends up in an archived category."""
    category_ids = [make_category() for _ in range(6)]
    db.session.remove()

    def race(category_id: int, number: int) -> None:
        def create() -> None:
            facts = ProductFacts(category_id=category_id, title="t")
            with suppress(CategoryNotFound):
                services().editing.create(f"R{number}", facts, [sku_line()], operator="t", now=utc_now())

        def archive() -> None:
            with suppress(CategoryInUse):
                services().categories.archive(category_id, now=utc_now())

        assert at_once(app, [create, archive]) == [None, None]

    for number, category_id in enumerate(category_ids):
        race(category_id, number)
    homeless = (
        select(Product.id).join(Category, Category.id == Product.category_id).where(Category.archived_at.is_not(None))
    )
    assert db.session.scalars(homeless).all() == []


@pytest.mark.usefixtures("app")
def test_a_product_code_is_taken_for_good(everything: Callable[[], Any]) -> None:
    make_product(code="APPLE")
    category_id = make_category()
    before = everything()
    with pytest.raises(ProductCodeTaken):
        services().editing.create(
            "APPLE", ProductFacts(category_id=category_id, title="t"), [], operator="t", now=utc_now()
        )
    assert everything() == before


@pytest.mark.usefixtures("app")
def test_codes_differ_by_case() -> None:
    make_product(code="apple")
    make_product(code="APPLE")


@pytest.mark.usefixtures("app")
def test_an_unknown_category_is_refused(everything: Callable[[], Any]) -> None:
    before = everything()
    with pytest.raises(CategoryNotFound):
        services().editing.create("A", ProductFacts(category_id=42, title="t"), [], operator="t", now=utc_now())
    assert everything() == before


@pytest.mark.usefixtures("app")
def test_swapping_the_specs_of_two_skus_is_refused_not_an_accident() -> None:
    made = make_product(skus=2)
    found = services().query.product(made.product_id)
    swapped = [
        SkuLine(sku_id=sku_id, facts=sku_line(value).facts)
        for sku_id, value in zip(made.sku_ids, ("款式2", "款式1"), strict=True)
    ]
    facts = ProductFacts(category_id=found["category_id"], title="t")
    with pytest.raises(SpecRepeated):
        services().editing.edit(made.product_id, facts, swapped, version=found["version"], operator="t", now=utc_now())


@pytest.mark.usefixtures("app")
def test_a_category_in_use_is_not_archived() -> None:
    root = make_category()
    child = make_category(parent_id=root)
    made = make_product(category_id=child)
    for category_id in (root, child):
        with pytest.raises(CategoryInUse):
            services().categories.archive(category_id, now=utc_now())
    services().selling.take_off_sale(made.product_id, now=utc_now())
    services().editing.archive(made.product_id, now=utc_now())
    services().categories.archive(child, now=utc_now())
    services().categories.archive(root, now=utc_now())


@pytest.mark.usefixtures("app")
def test_names_are_unique_among_live_siblings_roots_included() -> None:
    first = make_category("茶")
    with pytest.raises(CategoryNameTaken):
        make_category("茶")
    make_category("茶", parent_id=first)
    second = make_category("咖啡")
    with pytest.raises(CategoryNameTaken):
        services().categories.change(second, CategoryFacts(name="茶"))
    services().categories.archive(second, now=utc_now())
    make_category("咖啡")


@pytest.mark.usefixtures("app")
def test_sellable_tells_price_and_whether_it_is_for_sale_with_one_statement() -> None:
    on, off = make_product(skus=2, image_url="https://a/p.jpg"), make_product(on_sale=False)
    version = services().query.product(on.product_id)["version"]
    edit(on.product_id, version=version, price_fen=1234)
    db.session.rollback()
    with counted_statements() as statements:
        found = sellable(sku_ids=[*on.sku_ids, *off.sku_ids, 42])
    assert len(statements) == 1
    assert {sku_id: (sku.price_fen, sku.on_sale) for sku_id, sku in found.items()} == {
        on.sku_ids[0]: (1234, True),
        on.sku_ids[1]: (1000, False),
        off.sku_id: (1000, False),
    }
    sku = found[on.sku_ids[0]]
    assert (sku.product_id, sku.spec_text, sku.unit) == (on.product_id, "规格:款式1", "")


@pytest.mark.usefixtures("app")
def test_a_product_that_is_not_there() -> None:
    with pytest.raises(ProductNotFound):
        services().selling.put_on_sale(42, now=utc_now())

"""Staff's lists and the sweeps of the catalogue find their rows by an index and in order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, text

from backend.catalog.domain.brand import Brand
from backend.catalog.domain.home import HomeSection, HomeSlot, LinkTarget
from backend.catalog.domain.price_change import PriceChange
from backend.catalog.domain.product import Product
from backend.catalog.domain.sku import Sku
from backend.catalog.domain.tag import Tag
from backend.catalog.domain.template import SpecTemplate
from backend.catalog.service.query import CatalogQuery
from backend.catalog.service.shopping.browsing import Browsing
from backend.catalog.service.shopping.cards import card
from backend.catalog.service.shopping.home_page import HomePage
from backend.catalog.service.shopping.storefront import _cards
from backend.catalog.wiring import services as catalog
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.domain.identity import new_id
from tests.factories.catalog import make_category, make_product
from tests.integration.explain.plan import ROWS, flaws
from tests.integration.explain.test_lists import PAGE

pytestmark = pytest.mark.mysql_only

QUERIES: dict[str, Callable[[], Any]] = {
    "products": lambda: catalog().query.products(PAGE),
    "products of a category": lambda: catalog().query.products(PAGE, category_id=1),
    "products of a brand": lambda: catalog().query.products(PAGE, brand_id=1),
    "prices of a product": lambda: _prices_of(catalog().query),
    "prices of a SKU": lambda: _prices_of(catalog().query, sku_id=1),
    "products to be switched": lambda: catalog().switching.products.claim_due(
        now=utc_now(), again_after=timedelta(seconds=30), limit=100
    ),
    "slots whose time has come": lambda: catalog().switching.slots.pass_due(now=utc_now()),
    "places of a section": lambda: catalog().query.slots(PAGE, section=HomeSection.HOT),
    "brands": lambda: catalog().naming_query.brands(PAGE),
    "tags": lambda: catalog().naming_query.tags(PAGE),
    "spec templates": lambda: catalog().naming_query.templates(PAGE),
    "spec templates of a category": lambda: catalog().naming_query.templates(PAGE, category_id=1),
}


def _prices_of(query: CatalogQuery, **over: Any) -> Any:
    product_id = db.session.scalar(select(Product.id).limit(1))
    assert product_id is not None
    return query.price_changes(product_id, PAGE, **over)


def many_products() -> None:
    """Of few categories and brands."""
    now = utc_now()
    categories = [make_category() for _ in range(20)]
    brands = [
        {"id": new_id(), "name": str(n), "live_key": str(n), "logo": "", "description": "鲜" * 300, "sort_order": n % 9}
        for n in range(ROWS)
    ]
    template = dict(
        db.session.execute(select(Product.__table__).where(Product.id == make_product().product_id)).mappings().one()
    )
    products = [
        template
        | {"id": new_id(), "code": f"X{n}", "category_id": categories[n % 20], "brand_id": brands[n % 20]["id"]}
        | {"due_at": now + timedelta(minutes=n), "sales": n, "min_price_fen": n}
        for n in range(ROWS)
    ]
    # As long as they may be: rows that fit into a few pages are rightly read and sorted as a whole.
    tags = [{"id": new_id(), "name": "鲜" * 30, "name_key": f"{n:064d}", "sort_order": n % 9} for n in range(ROWS)]
    same = {"name": "t", "specs": []}
    templates = [{"id": new_id(), "category_id": categories[n % 20], "name_key": str(n)} | same for n in range(ROWS)]
    for table, rows in ((Brand, brands), (Tag, tags), (SpecTemplate, templates), (Product, products)):
        db.session.execute(insert(table), [row | {"version": 1} for row in rows])
        db.session.execute(text(f"ANALYZE TABLE {table.__tablename__}"))
    sku = dict(db.session.execute(select(Sku.__table__).limit(1)).mappings().one())
    skus = [sku | {"id": new_id(), "code": f"S{n}", "spec_key": str(n), "bar_code": None} for n in range(ROWS)]
    db.session.execute(insert(Sku), skus)
    db.session.execute(text("ANALYZE TABLE cat_sku"))
    price = {"sku_id": sku["id"], "old_price_fen": 1, "new_price_fen": 2, "actor": "t", "reason": "", "at": now}
    ids = [template["id"], *[row["id"] for row in products[:20]]]
    db.session.execute(
        insert(PriceChange), [price | {"id": new_id(), "product_id": ids[n % len(ids)]} for n in range(ROWS)]
    )
    slot = {"position": 1, "title": "", "image": "", "target": LinkTarget.PRODUCT, "page": "", "version": 1}
    slots = [
        slot | {"id": new_id(), "section": section, "target_id": ids[n], "due_at": now + timedelta(minutes=n)}
        for section in (HomeSection.HOT, HomeSection.NEWEST, HomeSection.RECOMMENDED)
        for n in range(20)
    ]
    db.session.execute(insert(HomeSlot), slots)
    db.session.execute(text("ANALYZE TABLE cat_price_change, cat_home_slot"))


@pytest.mark.commits
def test_no_list_of_the_catalogue_scans_or_sorts(app: Flask) -> None:
    many_products()
    db.session.execute(text("COMMIT"))
    assert {name: found for name, query in QUERIES.items() if (found := flaws(query))} == {}


@pytest.mark.commits
def test_the_home_page_sorts_no_more_than_it_shows(app: Flask) -> None:
    many_products()
    db.session.execute(text("COMMIT"))
    home = HomePage(db.session, Browsing(), cards=_cards(), card=card, shown={}, hidden=())
    found = flaws(lambda: home.read(now=utc_now()))
    assert [flaw for flaw in found if "derived" not in flaw] == []

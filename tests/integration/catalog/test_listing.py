"""Listings follow every way a product can change, and `relist` finds and mends what did not."""

from __future__ import annotations

from functools import reduce
from operator import or_

import pytest
from flask import Flask
from sqlalchemy import select, text

from backend.catalog import facade as catalog
from backend.catalog.domain.listing import Facet, FacetKind, Listing
from backend.catalog.domain.product import Product
from backend.catalog.domain.tag import TagFacts
from backend.catalog.domain.tree import CategoryFacts
from backend.catalog.repository import listing
from backend.catalog.service import relisting
from backend.catalog.wiring import services
from backend.inventory import facade as inventory
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.service.transaction import in_transaction
from tests.factories.catalog import OPERATOR, make_category, make_product, make_tag
from tests.factories.catalog_changes import rewrite, take_off_sale
from tests.factories.catalog_sheet import row, sheet
from tests.support.fresh import fresh_session
from tests.support.outbox import waiting_tasks

pytestmark = pytest.mark.usefixtures("app")


def listed(product_id: int) -> set[tuple[str, int]]:
    fresh_session()
    rows = db.session.execute(select(Listing.kind, Listing.facet_id).where(Listing.product_id == product_id))
    return {(row.kind.name, row.facet_id) for row in rows}


def copies(product_id: int) -> set[tuple[bool, int, int, int]]:
    fresh_session()
    query = select(Listing.in_stock, Listing.sort_weight, Listing.min_price_fen, Listing.sales)
    return {tuple(row) for row in db.session.execute(query.where(Listing.product_id == product_id))}


def wrong() -> int:
    return services().relisting.everything(mend=False)


def move(category_id: int, parent_id: int | None) -> None:
    services().categories.change(category_id, CategoryFacts(name=f"moved{category_id}", parent_id=parent_id))


def test_a_product_is_listed_while_it_is_on_sale() -> None:
    root = make_category()
    leaf = make_category(parent_id=make_category(parent_id=root))
    made = make_product(category_id=leaf, brand="甲", on_sale=False)
    assert listed(made.product_id) == set()
    services().selling.put_on_sale(made.product_id, now=utc_now())
    kinds = sorted(kind for kind, _ in listed(made.product_id))
    assert kinds == ["ALL", "BRAND", "CATEGORY", "CATEGORY", "CATEGORY"]
    assert {("CATEGORY", root), ("CATEGORY", leaf), ("ALL", 0)} <= listed(made.product_id)
    take_off_sale(made)
    assert listed(made.product_id) == set()
    assert wrong() == 0


def test_an_edit_of_price_weight_or_category_is_seen_at_once() -> None:
    made, other = make_product(price_fen=1000, sort_weight=1), make_category()
    rewrite(made, price_fen=700)
    assert copies(made.product_id) == {(True, 1, 700, 0)}

    def reorder() -> None:
        product = db.session.get(Product, made.product_id)
        assert product is not None
        product.sort_weight, product.category_id = 9, other

    in_transaction(reorder)
    assert copies(made.product_id) == {(True, 9, 700, 0)}
    assert listed(made.product_id) == {("ALL", 0), ("CATEGORY", other)}
    assert wrong() == 0


def test_stock_and_sales_are_copied() -> None:
    made = make_product(stock=1)
    reserved = {"quantities": {made.sku_id: 1}, "reference": "order:1", "operator": OPERATOR, "now": utc_now()}
    in_transaction(lambda: inventory.reserve(**reserved))
    services().availability.refresh([made.sku_id])
    catalog.count_sales(units={made.product_id: 3})
    catalog.count_sales(units={made.product_id: 2, 42: 7})
    assert copies(made.product_id) == {(False, 0, 1000, 5)}
    catalog.count_sales(units={made.product_id: -9})
    assert copies(made.product_id) == {(False, 0, 1000, 0)}
    assert wrong() == 0


def test_every_listing_has_the_bits_of_all_its_facets() -> None:
    tags = [make_tag(f"签{number}") for number in range(20)]
    leaf = make_category(parent_id=make_category(parent_id=make_category()))
    made = make_product(category_id=leaf, brand="甲", tag_ids=frozenset(tags))
    fresh_session()
    rows = db.session.execute(
        select(Listing.kind, Listing.facet_id, Listing.facet_bits).where(Listing.product_id == made.product_id)
    ).all()
    bits = reduce(or_, (Facet(row.kind, row.facet_id).bit for row in rows if row.kind is not FacetKind.ALL))
    assert len(rows) == 25
    assert {row.facet_bits for row in rows} == {bits}


def test_a_bit_that_is_missing_is_found_and_one_that_a_tag_left_behind_is_not() -> None:
    tag = make_tag("清仓")
    make_product(brand="甲", tag_ids=frozenset({tag}))
    services().tags.remove(tag, version=1)
    assert wrong() == 0
    in_transaction(lambda: db.session.execute(text("UPDATE cat_listing SET facet_bits = 0")))
    assert wrong() == 1
    assert services().relisting.everything(mend=True) == 1
    assert wrong() == 0


def test_a_sheet_lists_what_it_puts_on_sale() -> None:
    services().importing.run(sheet(row(), row(商品编号="PEAR", 库存="0")), operator="system:import", now=utc_now())
    assert sorted(
        (row.code, row.in_stock)
        for row in db.session.execute(
            select(Product.code, Listing.in_stock)
            .join(Listing, Listing.product_id == Product.id)
            .where(Listing.kind == FacetKind.ALL)
        )
    ) == [("APPLE", True), ("PEAR", False)]
    assert wrong() == 0


@pytest.mark.parametrize("chunk", [2, 500])
def test_a_moved_category_takes_its_products_along(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(relisting, "CHUNK", chunk)
    monkeypatch.setattr(listing, "CHUNK", chunk)
    old, new = make_category(), make_category()
    middle = make_category(parent_id=old)
    leaf = make_category(parent_id=middle)
    products = [make_product(category_id=category_id).product_id for category_id in (middle, leaf) * 3]
    move(middle, new)
    ((name, arguments),) = waiting_tasks()
    assert (name, arguments) == ("catalog.relist_category", {"category_id": middle})
    assert wrong() == len(products)
    catalog.relist_category(**arguments)
    assert wrong() == 0
    for product_id in products:
        assert ("CATEGORY", new) in listed(product_id)
        assert ("CATEGORY", old) not in listed(product_id)


def test_a_renamed_category_lists_nothing_anew() -> None:
    parent = make_category()
    category_id = make_category(parent_id=parent)
    move(category_id, parent)
    assert waiting_tasks() == []


def test_relist_finds_and_mends_what_somebody_wrote_by_hand(app: Flask) -> None:
    whole, bare, stray, off = make_product(), make_product(), make_product(), make_product(on_sale=False)
    made = {"stale": make_product(), "whole": whole, "bare": bare, "stray": stray, "off": off}
    ids = {name: product.product_id for name, product in made.items()}

    def spoil() -> None:
        for statement in (
            "UPDATE cat_listing SET min_price_fen = 1 WHERE product_id = :stale",
            "DELETE FROM cat_listing WHERE product_id = :bare AND kind = 'c'",
            "UPDATE cat_product SET status = 'off_sale' WHERE id = :stray",
        ):
            name = statement.rpartition(":")[2].partition(" ")[0]
            db.session.execute(text(statement), {name: ids[name]})

    in_transaction(spoil)
    run = app.test_cli_runner().invoke
    checked = run(args=["catalog", "relist", "--check"])
    assert (checked.exit_code, checked.output) == (1, "3 products are listed wrongly\n")
    assert wrong() == 3
    mended = run(args=["catalog", "relist"])
    assert (mended.exit_code, mended.output) == (0, "3 products were listed wrongly\n")
    assert run(args=["catalog", "relist", "--check"]).exit_code == 0
    assert copies(ids["stale"]) == copies(ids["whole"])
    assert listed(ids["stray"]) == set()


def test_a_deleted_tag_lists_nothing() -> None:
    tag_id = services().tags.add(TagFacts(name="当季"))
    made = make_product(tag_ids=frozenset({tag_id}))
    assert ("TAG", tag_id) in listed(made.product_id)
    services().tags.remove(tag_id, version=1)
    assert ("TAG", tag_id) not in listed(made.product_id)
    assert wrong() == 0

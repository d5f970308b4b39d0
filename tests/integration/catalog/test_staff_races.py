"""Several members of staff at the same moment; each guard with a control that shows what it prevents."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from backend.catalog.domain.brand import Brand, BrandFacts
from backend.catalog.domain.error import BrandInUse, BrandNotFound, BulkRefused, EverSold
from backend.catalog.domain.facts import ProductFacts
from backend.catalog.domain.pricing import PriceRule, PriceRuleKind
from backend.catalog.domain.product import Product
from backend.catalog.repository.brand import BrandRepository
from backend.catalog.repository.product import ProductRepository
from backend.catalog.service.bulk import Pick
from backend.catalog.wiring import services
from backend.inventory import facade as inventory
from backend.inventory.domain.count import CountLine
from backend.inventory.domain.error import UnknownSku
from backend.inventory.domain.ledger import LedgerEntry
from backend.inventory.domain.paper import Line
from backend.inventory.domain.stock import Stock
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.domain.error import DomainError
from kit.domain.version import StaleVersion
from tests.factories.catalog import OPERATOR, make_category, make_product, sku_line
from tests.factories.stockroom import inbound, new_location, open_count
from tests.support.threads import at_once

# SQLite has one writer at a time, whoever locks what.
pytestmark = [pytest.mark.commits, pytest.mark.mysql_only]
CHEAPER = PriceRule(kind=PriceRuleKind.AMOUNT, value=-1)


def raised_at_once(app: Flask, works: Sequence[Callable[[], Any]]) -> list[Exception]:
    """Run them together; what they raised."""
    db.session.remove()
    return [result for result in at_once(app, works) if isinstance(result, Exception)]


def reprice(picks: Sequence[Pick]) -> None:
    services().bulk.reprice(picks, CHEAPER, dry_run=False, operator="t", reason="", now=utc_now())


def prices(ids: Sequence[int]) -> list[int]:
    db.session.rollback()
    rows = db.session.execute(select(Product.id, Product.min_price_fen).where(Product.id.in_(ids)))
    found = {row.id: row.min_price_fen for row in rows}
    return [found[product_id] for product_id in ids]


def test_two_bulk_changes_in_opposite_order_both_happen(app: Flask) -> None:
    ids = [make_product(price_fen=1000).product_id for _ in range(10)]
    picks = [Pick(product_id=product_id) for product_id in ids]
    works = [lambda: reprice(picks), lambda: reprice(picks[::-1])] * 2
    assert raised_at_once(app, works) == []
    assert prices(ids) == [996] * 10


def test_of_two_bulk_changes_of_the_same_version_one_is_told(app: Flask) -> None:
    made = make_product(price_fen=1000)
    version = services().query.product(made.product_id)["version"]
    (refused,) = raised_at_once(app, [lambda: reprice([Pick(product_id=made.product_id, version=version)])] * 2)
    assert isinstance(refused, BulkRefused)
    assert refused.errors[str(made.product_id)]["code"] == StaleVersion.code
    assert prices([made.product_id]) == [999]


@pytest.mark.parametrize("locked", [True, False])
def test_a_bulk_change_and_an_edit_do_not_overwrite_each_other(
    app: Flask, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    """Control: without the row locks the version notices, and the use case runs again; nobody is lost either way."""
    if not locked:
        plain = ProductRepository.of_codes

        def unlocked(repository: ProductRepository, product_ids: Sequence[int]) -> dict[int, Product]:
            codes = db.session.scalars(select(Product.code).where(Product.id.in_(product_ids))).all()
            return {product.id: product for product in plain(repository, codes).values()}

        monkeypatch.setattr(ProductRepository, "held", unlocked)
    made = make_product(price_fen=1000)
    picks = [Pick(product_id=made.product_id)]
    raised = raised_at_once(app, [lambda: reprice(picks)] * 3)
    assert [type(error).__name__ for error in raised if isinstance(error, DomainError) is False] == []
    assert prices([made.product_id]) == [997 + len(raised)]


@pytest.mark.parametrize("guarded", [True, False])
def test_a_brand_is_not_archived_under_a_product_that_is_just_coming(
    app: Flask, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """Control: without the brand's lock both succeed, and a live product carries an archived brand."""
    brand_id = services().brands.add(BrandFacts(name="Nike"))
    category_id = make_category()
    meet = threading.Barrier(2, timeout=2)
    whole = BrandRepository.is_worn

    def looks_while_the_other_writes(repository: BrandRepository, brand_id: int) -> bool:
        worn = whole(repository, brand_id)
        with suppress(threading.BrokenBarrierError):
            meet.wait()
        return worn

    def create() -> None:
        facts = ProductFacts(category_id=category_id, title="t", brand_id=brand_id)
        services().editing.create("RACE", facts, [sku_line()], operator="t", now=utc_now())
        with suppress(threading.BrokenBarrierError):
            meet.wait()

    monkeypatch.setattr(BrandRepository, "is_worn", looks_while_the_other_writes)
    if not guarded:

        def without_lock(repository: BrandRepository, brand_id: int) -> Brand:
            brand = repository.by_id(brand_id)
            if brand is None or brand.archived_at is not None:
                raise BrandNotFound
            return brand

        monkeypatch.setattr(BrandRepository, "of_id", without_lock)
        monkeypatch.setattr(BrandRepository, "hold_live", without_lock)
    raised = raised_at_once(app, [create, lambda: services().brands.archive(brand_id, version=1, now=utc_now())])
    homeless = select(Product.id).join(Brand, Brand.id == Product.brand_id).where(Brand.archived_at.is_not(None))
    db.session.rollback()
    found = db.session.scalars(homeless).all()
    if guarded:
        assert found == []
        assert {type(error) for error in raised} <= {BrandInUse, BrandNotFound}
        assert len(raised) == 1
    else:
        assert len(found) == 1


def test_a_draft_is_not_erased_while_its_first_goods_arrive(app: Flask) -> None:
    """Whoever is first: no goods lie on a SKU that is gone."""
    for number in range(6):
        made = make_product(on_sale=False, stock=0)

        receive = partial(
            inventory.receive, quantities={made.sku_id: 1}, reference=f"r{number}", reason="r", operator=OPERATOR
        )
        erase = partial(services().editing.erase, made.product_id, now=utc_now())
        raised = raised_at_once(app, [partial(receive, now=utc_now()), erase])
        db.session.rollback()
        moved = db.session.scalars(select(LedgerEntry.sku_id).where(LedgerEntry.sku_id == made.sku_id)).all()
        there = db.session.scalars(select(Product.id).where(Product.id == made.product_id)).all()
        assert bool(moved) is bool(there)
        assert [type(error) for error in raised] == [EverSold if there else UnknownSku]


def test_a_draft_is_not_erased_while_it_arrives_elsewhere_or_is_counted(app: Flask) -> None:
    """Whoever is first: what is gone has no goods in another warehouse, and no line of an open count waits for it."""
    location_id = new_location()
    for _ in range(12):
        made = make_product(on_sale=False, stock=0)
        erase = partial(services().editing.erase, made.product_id, now=utc_now())
        arrive = partial(inbound, Line(made.sku_id, 1), location_id=location_id)
        raised_at_once(app, [arrive, erase])
        _nothing_left_over(made.product_id, made.sku_id)
    for _ in range(12):
        made = make_product(on_sale=False, stock=0)
        erase = partial(services().editing.erase, made.product_id, now=utc_now())
        raised_at_once(app, [partial(open_count, made.sku_id), erase])
        _nothing_left_over(made.product_id, made.sku_id)


def _nothing_left_over(product_id: int, sku_id: int) -> None:
    there = db.session.scalar(select(Product.id).where(Product.id == product_id)) is not None
    kept = db.session.scalars(select(Stock.sku_id).where(Stock.sku_id == sku_id)).all()
    counted = db.session.scalars(select(CountLine.id).where(CountLine.sku_id == sku_id)).all()
    db.session.rollback()
    assert there or not (kept or counted)

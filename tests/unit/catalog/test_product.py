"""What a product allows, and what an edit makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from backend.catalog.domain.error import (
    NotAllowedNow,
    NothingToSell,
    PriceMissing,
    SpecNamesDiffer,
    SpecRepeated,
    UnknownSku,
)
from backend.catalog.domain.facts import ProductFacts, SkuLine
from backend.catalog.domain.product import Product
from backend.catalog.domain.spec import NamedValue
from backend.catalog.domain.status import TRANSITIONS, ProductStatus
from tests.factories.catalog import sku_line

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
FACTS = ProductFacts(category_id=7, title="苹果", parameters=(NamedValue("产地", "烟台"),), gallery=("https://a/1",))


def product(*lines: SkuLine) -> Product:
    return Product.draft("APPLE", FACTS, lines, by="staff:1", at=NOW)


def kept(made: Product) -> list[SkuLine]:
    return [SkuLine(sku_id=sku.id, facts=sku.facts()) for sku in made.live_skus()]


def test_a_new_product_is_a_draft_with_numbered_skus() -> None:
    made = product(sku_line("500g", price_fen=990), sku_line("1kg", price_fen=1880))
    assert made.status is ProductStatus.DRAFT
    assert [sku.code for sku in made.skus] == ["APPLE-1", "APPLE-2"]
    assert made.min_price_fen == 990
    assert made.parameters == [{"name": "产地", "value": "烟台"}]
    assert not made.skus[0].in_stock


def test_an_edit_that_changes_nothing_says_so_and_leaves_the_time() -> None:
    made = product(sku_line("500g"))
    assert made.edit(FACTS, kept(made), by="staff:1", at=LATER) is False
    assert made.updated_at == NOW


def test_an_edit_adds_changes_and_archives_skus() -> None:
    made = product(sku_line("500g", price_fen=990), sku_line("1kg", price_fen=1880))
    small = made.live_skus()[0]
    lines = [sku_line("500g", price_fen=890, sku_id=small.id), sku_line("2kg", price_fen=3500)]
    assert made.edit(FACTS, lines, by="staff:1", at=LATER) is True
    assert [(sku.code, sku.price_fen) for sku in made.live_skus()] == [("APPLE-1", 890), ("APPLE-3", 3500)]
    assert made.skus[1].archived_at == LATER
    assert made.min_price_fen == 890


def test_an_archived_sku_comes_back_by_its_spec() -> None:
    made = product(sku_line("500g"), sku_line("1kg"))
    large = made.live_skus()[1]
    made.edit(FACTS, kept(made)[:1], by="staff:1", at=LATER)
    made.edit(FACTS, [*kept(made), sku_line("1kg", price_fen=1999)], by="staff:1", at=LATER)
    assert made.live_skus()[1] is large
    assert (large.code, large.price_fen, large.archived_at) == ("APPLE-2", 1999, None)


def test_a_live_sku_cannot_take_the_spec_of_an_archived_one() -> None:
    made = product(sku_line("500g"), sku_line("1kg"))
    made.edit(FACTS, kept(made)[:1], by="staff:1", at=LATER)
    with pytest.raises(SpecRepeated):
        made.edit(FACTS, [sku_line("1kg", sku_id=made.live_skus()[0].id)], by="staff:1", at=LATER)


def test_reordering_is_a_change() -> None:
    made = product(sku_line("500g"), sku_line("1kg"))
    assert made.edit(FACTS, kept(made)[::-1], by="staff:1", at=LATER) is True
    assert [sku.spec_text for sku in made.live_skus()] == ["规格:1kg", "规格:500g"]


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ([sku_line("500g"), sku_line("500g")], SpecRepeated),
        ([sku_line("500g"), sku_line("红", name="颜色")], SpecNamesDiffer),
        ([sku_line("500g", sku_id=42)], UnknownSku),
    ],
)
def test_skus_that_make_no_matrix_are_refused(lines: list[SkuLine], error: type[Exception]) -> None:
    made = product(sku_line("1kg"))
    with pytest.raises(error):
        made.edit(FACTS, lines, by="staff:1", at=LATER)


def test_a_product_without_skus_cannot_be_sold() -> None:
    made = product()
    assert not made.can_put_on_sale()
    with pytest.raises(NothingToSell):
        made.put_on_sale(at=LATER)


def test_a_sku_without_a_price_keeps_the_product_off_the_shelf() -> None:
    made = product(sku_line("500g"), sku_line("1kg", price_fen=0))
    assert not made.can_put_on_sale()
    with pytest.raises(PriceMissing):
        made.put_on_sale(at=LATER)


@pytest.mark.parametrize(("lines", "error"), [([], NothingToSell), ([sku_line("500g", price_fen=0)], PriceMissing)])
def test_what_is_on_sale_stays_sellable(lines: list[SkuLine], error: type[Exception]) -> None:
    made = product(sku_line("500g"))
    made.put_on_sale(at=NOW)
    with pytest.raises(error):
        made.edit(FACTS, lines, by="staff:1", at=LATER)


def test_the_shelf_and_the_archive() -> None:
    made = product(sku_line("500g"))
    assert made.can_put_on_sale()
    made.put_on_sale(at=NOW)
    assert made.can_take_off_sale()
    assert not made.can_put_on_sale()
    assert not made.can_archive()
    made.take_off_sale(at=LATER)
    assert made.can_archive()
    made.archive(at=LATER)
    assert made.status is ProductStatus.ARCHIVED
    assert not made.can_edit()
    with pytest.raises(NotAllowedNow):
        made.edit(replace(FACTS, title="梨"), kept(made), by="staff:1", at=LATER)


@pytest.mark.parametrize("status", list(ProductStatus))
def test_every_verb_follows_the_table(status: ProductStatus) -> None:
    verbs = {
        ProductStatus.ON_SALE: Product.put_on_sale,
        ProductStatus.OFF_SALE: Product.take_off_sale,
        ProductStatus.ARCHIVED: Product.archive,
    }
    for wanted, verb in verbs.items():
        made = product(sku_line("500g"))
        made.status = status
        if wanted in TRANSITIONS[status]:
            verb(made, at=LATER)
            assert made.status is wanted
        else:
            with pytest.raises(NotAllowedNow):
                verb(made, at=LATER)
            assert made.status is status


def test_what_an_edit_leaves_unsaid_stays() -> None:
    said = replace(FACTS, detail="<p>脆</p>", origin="烟台", sort_weight=5, tag_ids=frozenset({3, 4}))
    more = {"bar_code": "A-1", "weight_g": 500, "cost_fen": 300, "order_limit": 2}
    made = Product.draft("APPLE", said, [sku_line("500g", **more)], by="staff:1", at=NOW)
    (sku,) = made.live_skus()
    assert made.edit(replace(FACTS, title="梨"), [sku_line("500g", sku_id=sku.id)], by="staff:1", at=LATER)
    assert (made.detail, made.origin, made.sort_weight) == ("<p>脆</p>", "烟台", 5)
    assert {worn.tag_id for worn in made.tags} == {3, 4}
    assert {name: getattr(sku, name) for name in more} == more


def test_tags_are_put_on_and_taken_off() -> None:
    made = Product.draft("APPLE", replace(FACTS, tag_ids=frozenset({3, 4})), [], by="staff:1", at=NOW)
    assert made.edit(replace(FACTS, tag_ids=frozenset({4, 5})), [], by="staff:1", at=LATER)
    assert {worn.tag_id for worn in made.tags} == {4, 5}
    assert not made.edit(replace(FACTS, tag_ids=frozenset({4, 5})), [], by="staff:1", at=LATER)


def test_an_archived_sku_gives_its_bar_code_back() -> None:
    made = product(sku_line("500g", bar_code="A-1"), sku_line("1kg", bar_code="A-2"))
    made.edit(FACTS, kept(made)[1:], by="staff:1", at=LATER)
    assert [sku.bar_code for sku in made.skus] == [None, "A-2"]
    made.archive(at=LATER)
    assert [sku.bar_code for sku in made.skus] == [None, None]

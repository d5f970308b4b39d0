"""Staff find products in every state, by words, codes and what they belong to; every page, and nothing twice."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from sqlalchemy import text

from backend.catalog.domain.product import Product
from backend.catalog.domain.search.document import OFF_SHELF
from backend.catalog.domain.status import ProductStatus
from backend.catalog.domain.tree import CategoryFacts
from backend.catalog.repository.search import staff_index
from backend.catalog.service.searching.looking_up import Lookup
from backend.catalog.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.repository.page import BadCursor, PageRequest, encode_cursor
from kit.service.transaction import in_transaction
from tests.factories.catalog import make_category, make_product, make_tag
from tests.factories.catalog_changes import rewrite, take_off_sale
from tests.factories.catalog_search import found
from tests.factories.statements import counted_statements
from tests.support.outbox import settle

pytestmark = pytest.mark.usefixtures("app")
WORDS = ("羊毛", "蚕丝", "地毯", "枕头")


def titles(limit: int = 20, **wanted: Any) -> list[str]:
    return [row.title for row in services().looking_up.page(PageRequest(limit, None), Lookup(**wanted)).items]


def walked(lookup: Lookup, *, limit: int) -> list[int]:
    """The ids of all pages."""
    seen: list[int] = []
    cursor = None
    while True:
        page = services().looking_up.page(PageRequest(limit, cursor), lookup)
        assert len(page.items) <= limit
        seen += [row.id for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return seen


def become(product_id: int, status: ProductStatus) -> None:
    if status is ProductStatus.OFF_SALE:
        services().selling.take_off_sale(product_id, now=utc_now())
    elif status is ProductStatus.ARCHIVED:
        services().editing.archive(product_id, now=utc_now())


class Shop:
    """Three levels of categories, a brand, two tags and four words, in all four states."""

    def __init__(self, size: int = 32) -> None:
        chance = random.Random(7)
        root = make_category()
        middle = make_category(parent_id=root)
        self.categories = {root: [root], middle: [root, middle], make_category(): []}
        self.root, self.middle = root, middle
        self.tags = [make_tag("新品"), make_tag("热卖")]
        self.products: list[dict[str, Any]] = []
        for number in range(size):
            status = list(ProductStatus)[number % 4]
            words = chance.sample(WORDS, chance.randrange(1, 4))
            category_id = chance.choice([*self.categories])
            tags = frozenset(tag for tag in self.tags if chance.random() < 0.5)
            facts: dict[str, Any] = {"category_id": category_id, "brand": chance.choice(["", "甲"]), "tag_ids": tags}
            on_sale = status in (ProductStatus.ON_SALE, ProductStatus.OFF_SALE)
            made = make_product(title=" ".join(words), on_sale=on_sale, **facts)
            become(made.product_id, status)
            self.products.append(facts | {"id": made.product_id, "words": {*words}, "status": status})
        settle()
        brand = db.session.execute(text("SELECT brand_id FROM cat_product WHERE brand = '甲' LIMIT 1")).scalar()
        self.brand = int(brand or 0)
        db.session.rollback()

    def expected(self, lookup: Lookup) -> set[int]:
        return {
            product["id"]
            for product in self.products
            if set((lookup.text or "").split()) <= product["words"]
            and lookup.status in (None, product["status"])
            and lookup.category_id in (None, product["category_id"])
            and (lookup.below_id is None or lookup.below_id in self.categories[product["category_id"]])
            and (lookup.brand_id is None or product["brand"] == "甲")
            and lookup.tag_ids <= product["tag_ids"]
        }

    def lookups(self) -> list[Lookup]:
        asked = itertools.product(
            (None, "羊毛", "羊毛 地毯"),
            (None, *ProductStatus),
            (None, self.root, self.middle),
            (None, self.middle),
            (None, self.brand),
            (frozenset[int](), frozenset(self.tags[:1]), frozenset(self.tags)),
        )
        return [
            Lookup(text=said, status=status, below_id=below_id, category_id=own, brand_id=brand_id, tag_ids=tag_ids)
            for said, status, below_id, own, brand_id, tag_ids in asked
        ]


@pytest.mark.parametrize("window", [3, staff_index.WINDOW], ids=["page after page", "at once"])
def test_every_page_together_is_all_that_fits_and_nothing_twice(monkeypatch: pytest.MonkeyPatch, window: int) -> None:
    shop = Shop()
    monkeypatch.setattr(staff_index, "WINDOW", window)
    lookups = random.Random(1).sample(shop.lookups(), 80)
    wrong = [lookup for lookup in lookups if sorted(walked(lookup, limit=4)) != sorted(shop.expected(lookup))]
    assert wrong == []
    assert sum(bool(shop.expected(lookup)) for lookup in lookups) > 20


def test_without_words_the_newest_come_first_whatever_their_state() -> None:
    shop = Shop()
    tagged = walked(Lookup(tag_ids=frozenset(shop.tags[:1])), limit=3)
    assert tagged == sorted(tagged, reverse=True)
    assert {db.session.get(Product, product_id).status for product_id in tagged} == {*ProductStatus}  # type: ignore[union-attr]  # they are there


def test_a_draft_is_found_once_its_event_is_delivered_and_never_by_a_customer() -> None:
    made = make_product(title="羊毛被", on_sale=False)
    assert titles(text="羊毛") == []
    settle()
    assert titles(text="羊毛") == ["羊毛被"]
    assert found("羊毛") == found(OFF_SHELF + "羊毛") == []
    rewrite(made, title="蚕丝被")
    settle()
    assert (titles(text="羊毛"), titles(text="蚕丝被")) == ([], ["蚕丝被"])
    services().selling.put_on_sale(made.product_id, now=utc_now())
    settle()
    assert (titles(text="蚕丝"), found("蚕丝")) == (["蚕丝被"], ["蚕丝被"])
    take_off_sale(made)
    settle()
    assert (titles(text="蚕丝", status=ProductStatus.OFF_SALE), found("蚕丝")) == (["蚕丝被"], [])
    assert services().indexing.drift().differing == []


@pytest.mark.parametrize("on_sale", [True, False])
def test_a_code_is_the_whole_question(on_sale: bool) -> None:
    made = make_product(title="羊毛被", code="WOOL-1", on_sale=on_sale)
    make_product(title="WOOL-1 的替代品 6901234567892")
    with_bar_code = "UPDATE cat_sku SET bar_code = '6901234567892' WHERE id = :id"
    in_transaction(lambda: db.session.execute(text(with_bar_code), {"id": made.sku_id}))
    services().indexing.products([made.product_id])
    settle()
    for code in ("WOOL-1", "wool-1", "WOOL-1-1", "6901234567892"):
        assert titles(text=code) == ["羊毛被"], code
    assert titles(text="WOOL-2") == []


def test_a_word_that_was_cut_otherwise_is_found_by_its_characters() -> None:
    make_product(title="羊毛盖毯", on_sale=False)
    settle()
    assert titles(text="羊毛毯") == ["羊毛盖毯"]


def test_a_moved_category_and_a_deleted_draft_are_followed() -> None:
    old, new = make_category("旧"), make_category("新")
    leaf = make_category("叶", parent_id=old)
    made = make_product(title="羊毛被", category_id=leaf, on_sale=False, stock=0)
    settle()
    assert (titles(below_id=old), titles(below_id=new)) == (["羊毛被"], [])
    services().categories.change(leaf, CategoryFacts(name="叶", parent_id=new))
    settle()
    assert (titles(below_id=old), titles(below_id=new)) == ([], ["羊毛被"])
    services().editing.erase(made.product_id, now=utc_now())
    assert titles(text="羊毛") == []
    settle()
    assert services().indexing.drift().stale == []


@pytest.mark.parametrize("said", ["！！", "🐑", "' OR 1=1 --", "%", "_", "~羊毛", "@draft"])
def test_what_says_nothing_or_tries_something_finds_nothing(said: str) -> None:
    make_product(title="蚕丝被", on_sale=False)
    settle()
    assert titles(text=said) == []


@pytest.mark.parametrize("values", [[2, 0, 1, 1], [0, 9, 1, 1], [-1, 0, 1, 1], [0, -1, 1, 1], [0, 0, 1]])
def test_a_cursor_that_was_made_up_is_refused(values: list[int]) -> None:
    with pytest.raises(BadCursor):
        services().looking_up.page(PageRequest(5, encode_cursor(values)), Lookup(text="羊毛"))


@pytest.mark.parametrize("count", [1, 5, 20])
def test_statements_do_not_grow(count: int) -> None:
    tag = make_tag("新品")
    for _ in range(count):
        make_product(title="羊毛被", tag_ids=frozenset({tag}), on_sale=False)
    settle()
    for lookup, most in ((Lookup(text="羊毛", tag_ids=frozenset({tag})), 3), (Lookup(status=ProductStatus.DRAFT), 1)):
        with counted_statements() as statements:
            assert len(services().looking_up.page(PageRequest(50), lookup).items) == count
        assert len(statements) == most

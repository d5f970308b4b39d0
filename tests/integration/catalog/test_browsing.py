"""The shop's list: every filter with every order gives what a plain look over all products gives, page by page."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select, text

from backend.catalog.domain.error import BrandNotFound, CategoryNotFound, PriceRangeReversed, TagNotFound
from backend.catalog.domain.listing import ListOrder
from backend.catalog.domain.product import Product
from backend.catalog.domain.tag import ProductTag
from backend.catalog.service.shopping import browsing
from backend.catalog.service.shopping.browsing import Browsing, Wish
from backend.catalog.wiring import services
from kit.db.extension import db
from kit.repository.page import PageRequest
from kit.service.transaction import in_transaction
from tests.factories.catalog import make_category, make_product, make_tag
from tests.factories.statements import counted_statements

pytestmark = pytest.mark.usefixtures("app")
CARDS = select(Product.id)
SIZE = 36


class Shop:
    """Three levels of categories, two brands and tags, prices and weights that repeat; some sold out, some off sale."""

    def __init__(self) -> None:
        chance = random.Random(7)
        self.root = make_category()
        self.middle = make_category(parent_id=self.root)
        self.leaf = make_category(parent_id=self.middle)
        self.other = make_category()
        self.tags = [make_tag("新品"), make_tag("热卖")]
        self.products: list[dict[str, Any]] = []
        for number in range(SIZE):
            facts: dict[str, Any] = {
                "category_id": chance.choice([self.root, self.middle, self.leaf, self.other]),
                "brand": chance.choice(["", "甲", "乙"]),
                "sort_weight": chance.randrange(3),
                "tag_ids": frozenset(tag for tag in self.tags if chance.random() < 0.6),
            }
            price, stock, on_sale = chance.randrange(1, 6) * 100, chance.choice([0, 0, 9]), chance.random() < 0.9
            made = make_product(price_fen=price, stock=stock, on_sale=on_sale, **facts)
            sold = chance.randrange(3)
            services().selling.count({made.product_id: sold})
            seen = {"id": made.product_id, "price": price, "in_stock": stock > 0, "sales": sold, "on_sale": on_sale}
            self.products.append(facts | seen | {"number": number})
        self.brand = int(db.session.scalars(select(Product.brand_id).where(Product.brand == "甲").limit(1)).one())

    def expected(self, wish: Wish) -> list[int]:
        below = {self.root: {self.root, self.middle, self.leaf}, self.middle: {self.middle, self.leaf}}
        fitting = [
            product
            for product in self.products
            if product["on_sale"]
            and (wish.category_id is None or product["category_id"] in below.get(wish.category_id, {wish.category_id}))
            and (wish.brand_id is None or product["brand"] == "甲")
            and wish.tag_ids <= product["tag_ids"]
            and (wish.price_from_fen or 0) <= product["price"] <= (wish.price_to_fen or 10**9)
            and (product["in_stock"] or not wish.in_stock)
        ]
        keys: dict[ListOrder, Any] = {
            ListOrder.DEFAULT: lambda product: (-product["sort_weight"], -product["id"]),
            ListOrder.NEWEST: lambda product: -product["id"],
            ListOrder.PRICE_ASC: lambda product: (product["price"], product["id"]),
            ListOrder.PRICE_DESC: lambda product: (-product["price"], -product["id"]),
            ListOrder.SALES: lambda product: (-product["sales"], -product["id"]),
        }
        return [product["id"] for product in sorted(fitting, key=keys[wish.order])]

    def wishes(self) -> Iterator[Wish]:
        categories = (None, self.root, self.leaf)
        tags = (frozenset[int](), frozenset(self.tags[:1]), frozenset(self.tags))
        prices = ((None, None), (200, None), (200, 300))
        for category_id, brand_id, tag_ids, (low, high), in_stock, order in itertools.product(
            categories, (None, self.brand), tags, prices, (False, True), ListOrder
        ):
            yield Wish(
                category_id=category_id,
                brand_id=brand_id,
                tag_ids=tag_ids,
                price_from_fen=low,
                price_to_fen=high,
                in_stock=in_stock,
                order=order,
            )


def walked(wish: Wish, *, limit: int) -> list[int]:
    found: list[int] = []
    cursor = None
    while True:
        page = Browsing().page(CARDS, wish, PageRequest(limit, cursor))
        found += [row.id for row in page.items]
        assert len(page.items) <= limit
        if page.next_cursor is None:
            return found
        cursor = page.next_cursor


@pytest.mark.parametrize("few", [2, 2000], ids=["walking along the order", "gathering the few"])
def test_every_filter_with_every_order(monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(browsing, "FEW", few)
    monkeypatch.setattr(browsing, "FEW_OF_SEVERAL", few)
    shop = Shop()
    wrong = [wish for wish in shop.wishes() if walked(wish, limit=7) != shop.expected(wish)]
    assert wrong == []
    everything = Wish()
    assert walked(everything, limit=1) == shop.expected(everything) != []


def test_control_a_listing_that_was_not_kept_is_noticed_by_the_comparison() -> None:
    shop = Shop()
    db.session.execute(text("UPDATE cat_listing SET sort_weight = 0"))
    assert walked(Wish(), limit=7) != shop.expected(Wish())


@pytest.mark.parametrize("count", [1, 5, 20])
def test_a_page_takes_two_statements_at_most(count: int) -> None:
    tag = make_tag("新品")
    category_id = make_category()
    for _ in range(count):
        make_product(category_id=category_id, brand="甲", tag_ids=frozenset({tag}))
    brand_id = db.session.scalars(select(Product.brand_id).limit(1)).one()
    everything = Wish(
        category_id=category_id, brand_id=brand_id, tag_ids=frozenset({tag}), price_from_fen=1, in_stock=True
    )
    for wish, expected in ((Wish(), 1), (Wish(category_id=category_id), 2), (everything, 2)):
        with counted_statements() as statements:
            assert len(Browsing().page(CARDS, wish, PageRequest(50)).items) == count
        assert len(statements) == expected


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        (Wish(category_id=42), CategoryNotFound),
        (Wish(brand_id=42), BrandNotFound),
        (Wish(tag_ids=frozenset({42})), TagNotFound),
    ],
)
def test_what_does_not_exist_is_not_found(wish: Wish, error: type[Exception]) -> None:
    with pytest.raises(error):
        Browsing().page(CARDS, wish, PageRequest())


def test_a_price_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(PriceRangeReversed):
        Wish(price_from_fen=2, price_to_fen=1)


def test_no_tag_of_a_product_is_lost_by_an_edit_of_its_tags() -> None:
    tags = [make_tag("a"), make_tag("b")]
    made = make_product(tag_ids=frozenset(tags[:1]))
    db.session.expire_all()
    product = in_transaction(lambda: db.session.get(Product, made.product_id))
    assert product is not None

    def wear() -> None:
        entity = db.session.get(Product, made.product_id)
        assert entity is not None
        entity.tags.append(ProductTag(product_id=made.product_id, tag_id=tags[1]))

    in_transaction(wear)
    assert walked(Wish(tag_ids=frozenset(tags)), limit=5) == [made.product_id]

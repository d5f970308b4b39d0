"""Does a hundred times the goods slow the list down? Every filter and order, each answer read from the database.

python -m benchmarks.browsing [--products 1000 100000] [--keep NAME] [--label trial]: fills a database per size on
TEST_DATABASE_URL, asks all of them the same in turn, and writes p50, p95 and the ratio of the largest to the smallest.
Requests go through the whole application but through no socket and no cache: nothing hides the difference.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import ColumnElement, select

from backend.catalog.domain.brand import Brand
from backend.catalog.domain.category import Category
from backend.catalog.domain.listing import ListOrder
from backend.catalog.domain.tag import Tag
from backend.catalog.wiring import services
from benchmarks.crowd import APART, fill
from benchmarks.sizes import Measured, application, circumstances, keep_result, options, table
from kit.db.extension import db

SIZES = (1_000, 100_000)
REQUESTS, ROUNDS = 50, 9
KIND = "browsing"

Query = dict[str, object]


@dataclass(frozen=True)
class Largest:
    """Ids of what there is to filter by, the largest first."""

    roots: Sequence[int]
    brands: Sequence[int]
    tags: Sequence[int]


@dataclass(frozen=True)
class Shop:
    """An application over a database of so many products."""

    products: int
    app: Flask
    made: Largest


def _largest(ids: Sequence[int], dice: random.Random) -> int:
    return ids[dice.randrange(3)]


def _prices(dice: random.Random) -> Query:
    low = int(100 * 1000 ** (dice.random() * 0.8))
    return {"price_from_fen": low, "price_to_fen": low * 2}


# Name → what is asked; ids of the largest sets, where there is most to read.
FILTERS: dict[str, Callable[[Largest, random.Random], Query]] = {
    "all": lambda _made, _dice: {},
    "category": lambda made, dice: {"category_id": _largest(made.roots, dice)},
    "brand": lambda made, dice: {"brand_id": _largest(made.brands, dice)},
    "tag": lambda made, dice: {"tag_id": _largest(made.tags, dice)},
    "in stock": lambda _made, _dice: {"in_stock": "true"},
    "price": lambda _made, dice: _prices(dice),
    "narrow price": lambda _made, dice: (
        {"price_from_fen": 50_000 + dice.randrange(1000), "price_to_fen": 51_000 + dice.randrange(1000)}
    ),
    "category, price, in stock": lambda made, dice: (
        {"category_id": _largest(made.roots, dice), "in_stock": "true"} | _prices(dice)
    ),
    "category, brand": lambda made, dice: (
        {"category_id": _largest(made.roots, dice), "brand_id": _largest(made.brands, dice)}
    ),
    "category, brand, two tags, price": lambda made, dice: (
        {"category_id": _largest(made.roots, dice), "brand_id": _largest(made.brands, dice)}
        | {"tag_id": made.tags[:2]}
        | _prices(dice)
    ),
    # Hardly anything is all of this, and two large sets without a common product.
    "rare category, brand and tags": lambda made, dice: (
        {"category_id": made.roots[-1], "brand_id": made.brands[-1 - dice.randrange(3)], "tag_id": made.tags[-2:]}
    ),
    "category and tag that never meet": lambda made, _dice: (
        {"category_id": made.roots[0], "tag_id": made.tags[APART]}
    ),
}


def measure(shops: Sequence[Shop], *, requests: int = REQUESTS, rounds: int = ROUNDS) -> list[Measured]:
    """Every filter in every order, first and later pages, `rounds` times behind one that warms up."""
    taken: dict[tuple[str, int], list[list[float]]] = {}
    for number in range(rounds + 1):
        for name, ask in FILTERS.items():
            by_order = {
                order: _ask(shops, ask, order, f"{name} {order} {number}", requests // len(ListOrder))
                for order in ListOrder
            }
            for shop in shops if number else ():
                spent = {order: answers[shop.products] for order, answers in by_order.items()}
                taken.setdefault((name, shop.products), []).append([one for each in spent.values() for one in each])
                for order in ListOrder if name == "category" else ():
                    taken.setdefault((f"{name}, {order.value}", shop.products), []).append(spent[order])
        sys.stderr.write(f"round {number} of {rounds}\n")
    return [Measured.of(name, products, by_round) for (name, products), by_round in taken.items()]


def _ask(
    shops: Sequence[Shop], ask: Callable[[Largest, random.Random], Query], order: ListOrder, seed: str, requests: int
) -> dict[int, list[float]]:
    """Products → seconds; every question to each of the shops in turn, so that a disturbance falls on all of them."""
    spent: dict[int, list[float]] = {shop.products: [] for shop in shops}
    dice = {shop.products: random.Random(seed) for shop in shops}
    cursors: dict[int, str | None] = {}
    for _ in range(requests):
        for shop in shops:
            cursor = cursors.get(shop.products)
            query = ask(shop.made, dice[shop.products]) | {"order": order.value}
            seconds, cursors[shop.products] = _page(shop, query | ({"cursor": cursor} if cursor else {}))
            spent[shop.products].append(seconds)
    return spent


def _page(shop: Shop, query: Query) -> tuple[float, str | None]:
    """How long it took, and where the next page begins."""
    with shop.app.app_context():
        services().storefront.cache.forget()
    client = shop.app.test_client()
    started = time.perf_counter()
    answer = client.get(f"/api/v1/products?{urlencode(query, doseq=True)}")
    taken = time.perf_counter() - started
    if answer.status_code != 200:
        raise RuntimeError(f"{query}: {answer.get_json()}")
    return taken, answer.get_json()["next_cursor"]


@contextmanager
def shop_of(products: int, keep: str) -> Iterator[Shop]:
    """A shop with so many products."""
    with application(KIND, products, keep) as app:
        with app.app_context():
            if db.session.scalar(select(Category.id).limit(1)) is None:
                fill(db.engine, products, searchable=False)
            made = largest()
        yield Shop(products, app, made)


def largest() -> Largest:
    """Of the shop whose application this is."""
    return Largest(_ids(Category, Category.parent_id.is_(None)), _ids(Brand), _ids(Tag))


def _ids(entity: type[Category | Brand | Tag], *which: ColumnElement[bool]) -> Sequence[int]:
    return db.session.scalars(select(entity.id).where(*which).order_by(entity.id)).all()


def main() -> int:
    """Returns the exit code."""
    chosen, about = options(KIND, __doc__, SIZES), circumstances()
    with ExitStack() as stack:
        measured = measure([stack.enter_context(shop_of(size, chosen.keep)) for size in chosen.products])
    run = f"{ROUNDS} rounds of {REQUESTS} requests per filter, the orders in turn"
    shown = table(measured, about, unit="products", run=run)
    print(shown)
    if not chosen.label:
        keep_result(KIND, measured, shown, about)
    return 0


if __name__ == "__main__":
    sys.exit(main())

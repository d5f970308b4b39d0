"""Do a hundred times the goods slow search down? Each answer is read from the database.

python -m benchmarks.scale [--products 500 50000] [--keep NAME] [--label trial]: fills one database per size on
TEST_DATABASE_URL (`benchmarks.crowd`: two SKUs a product on average), asks each the same questions, and writes p50,
p95 and how many times the smallest's p95 the largest's is. Every question goes to one size after the other, so that a
disturbance falls on both alike; the ratio is the median of the rounds'. Requests go through the whole application,
but through no socket: nothing hides the difference. --keep leaves the databases NAME_500 … for the next run.
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
from flask.testing import FlaskClient
from sqlalchemy import select, text

from backend.catalog.domain.category import Category
from benchmarks.crowd import BRANDS, NOUNS, fill, questions
from benchmarks.sizes import Measured, application, circumstances, keep_result, options, table
from kit.db.extension import db

SIZES = (500, 50_000)
REQUESTS, ROUNDS = 200, 5
KIND = "scale"


@dataclass(frozen=True)
class Shop:
    """An application over a database of so many SKUs."""

    skus: int
    app: Flask
    client: FlaskClient


Paths = Callable[[Shop, random.Random], str]


def _search(ask: Callable[[random.Random], str]) -> Paths:
    return lambda _shop, dice: f"/api/v1/search?{urlencode({'q': ask(dice)})}"


_MIXED = list(questions(2000))

# Name → the path of one request. The list and its filters are measured by `benchmarks.browsing`.
SCENARIOS: dict[str, Paths] = {
    "search, mixed questions": _search(lambda dice: dice.choice(_MIXED)),
    "search, a word on 30 % of the goods": _search(lambda _dice: "新款"),
    "search, two frequent words": _search(lambda dice: f"新款 {dice.choice(NOUNS[:20])}"),
    "search, words that nothing has together": _search(lambda dice: f"{dice.choice(NOUNS)} {dice.choice(NOUNS)}"),
    "search, a whole phrase": _search(lambda dice: f"爷爷奶奶周末郊游用的{dice.choice(NOUNS)}"),
    "search, the beginning of a brand": _search(lambda dice: dice.choice(BRANDS)[:3]),
    "suggestions": lambda _shop, dice: "/api/v1/search/suggestions?" + urlencode({"q": dice.choice(NOUNS)[:2]}),
}


def measure(shops: Sequence[Shop], *, requests: int = REQUESTS, rounds: int = ROUNDS) -> list[Measured]:
    """Every scenario of every shop, `rounds` times behind one that warms up; the same questions for all."""
    taken: dict[tuple[str, int], list[list[float]]] = {}
    for number in range(rounds + 1):
        for name, path in SCENARIOS.items():
            spent = _ask(shops, path, f"{name} {number}", requests)
            for shop in shops if number else ():
                taken.setdefault((name, shop.skus), []).append(spent[shop.skus])
        sys.stderr.write(f"round {number} of {rounds}\n")
    return [Measured.of(name, skus, by_round) for (name, skus), by_round in taken.items()]


def _ask(shops: Sequence[Shop], path: Paths, seed: str, requests: int) -> dict[int, list[float]]:
    """SKUs → seconds; every question to each of the shops in turn."""
    spent: dict[int, list[float]] = {shop.skus: [] for shop in shops}
    dice = {shop.skus: random.Random(seed) for shop in shops}
    for _ in range(requests):
        for shop in shops:
            address = path(shop, dice[shop.skus])
            started = time.perf_counter()
            answer = shop.client.get(address)
            spent[shop.skus].append(time.perf_counter() - started)
            if answer.status_code != 200:
                raise RuntimeError(f"{address}: {answer.status}")
    return spent


@contextmanager
def shop_of(products: int, keep: str) -> Iterator[Shop]:
    """A shop with so many products."""
    with application(KIND, products, keep) as app:
        with app.app_context():
            if db.session.scalar(select(Category.id).limit(1)) is None:
                fill(db.engine, products)
            skus = db.session.scalar(text("SELECT COUNT(*) FROM cat_sku")) or 0
        yield Shop(skus, app, app.test_client())


def main() -> int:
    """Returns the exit code."""
    chosen, about = options(KIND, __doc__, SIZES), circumstances()
    with ExitStack() as stack:
        measured = measure([stack.enter_context(shop_of(size, chosen.keep)) for size in chosen.products])
    shown = table(measured, about, unit="SKUs", run=f"{ROUNDS} rounds of {REQUESTS} requests")
    print(shown)
    if not chosen.label:
        keep_result(KIND, measured, shown, about)
    return 0


if __name__ == "__main__":
    sys.exit(main())

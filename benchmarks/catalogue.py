"""A catalogue of any size, the same for the same number: products on sale with a SKU each, straight into the tables."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, text

from backend.catalog.domain.brand import Brand
from backend.catalog.domain.category import Category, live_key
from backend.catalog.domain.naming import name_key
from backend.catalog.domain.product import Product
from backend.catalog.domain.status import ProductStatus
from backend.catalog.domain.tag import ProductTag, Tag
from backend.catalog.repository.listing import ListingRepository
from kit.db.extension import db
from kit.domain.identity import new_id
from kit.service.transaction import in_transaction

_CHUNK = 2000
_MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Catalogue:
    """What was made; the first of each are the largest."""

    roots: list[int] = field(default_factory=list)
    leaves: list[int] = field(default_factory=list)
    brands: list[int] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)


def fill(products: int, *, seed: int = 7) -> Catalogue:
    """8 roots with 40 leaves, 60 brands, 10 tags; one of ten products is sold out, prices from 1 to 1,000 yuan."""
    dice, made = random.Random(seed), Catalogue()
    in_transaction(lambda: _frame(made))
    for start in range(0, products, _CHUNK):
        rows = [_product(dice, number, made) for number in range(start, min(start + _CHUNK, products))]
        in_transaction(lambda rows=rows: _write(dice, rows, made))  # type: ignore[misc]  # a lambda with a default
    if db.engine.dialect.name != "sqlite":
        in_transaction(lambda: db.session.execute(text("ANALYZE TABLE cat_product, cat_listing, cat_product_tag")))
    return made


def _frame(made: Catalogue) -> None:
    for number in range(8):
        made.roots.append(_category(None, f"类 {number}"))
        made.leaves += [_category(made.roots[-1], f"类 {number}-{below}") for below in range(5)]
    for number in range(60):
        brand = {"id": new_id(), "name": f"牌 {number}", "live_key": name_key(f"牌 {number}"), "version": 1}
        db.session.execute(insert(Brand), [brand])
        made.brands.append(int(str(brand["id"])))
    for number in range(10):
        tag = {"id": new_id(), "name": f"签 {number}", "name_key": name_key(f"签 {number}"), "version": 1}
        db.session.execute(insert(Tag), [tag])
        made.tags.append(int(str(tag["id"])))


def _category(parent_id: int | None, name: str) -> int:
    row = {"id": new_id(), "parent_id": parent_id, "name": name, "sort_order": 0, "image_url": "", "version": 1}
    db.session.execute(insert(Category), [row | {"live_key": live_key(parent_id, name)}])
    return int(str(row["id"]))


def _steep(dice: random.Random, choices: Sequence[int]) -> int:
    """The first of the choices far more often than the last."""
    return choices[int(len(choices) * dice.random() ** 2)]


def _product(dice: random.Random, number: int, made: Catalogue) -> dict[str, Any]:
    return {
        "id": new_id(),
        "code": f"BENCH-{number:07d}",
        "category_id": _steep(dice, made.leaves),
        "title": f"商品 {number}",
        "brand": "牌",
        "brand_id": _steep(dice, made.brands),
        "selling_point": "当季现摘，脆甜多汁",
        "unit": "件",
        "image_url": "https://img.example.com/p.jpg",
        "gallery": [],
        "parameters": [],
        "status": ProductStatus.ON_SALE,
        "sort_weight": dice.randrange(100),
        "sales": int(10 / (1.001 - dice.random()) ** 0.8 - 9.9),
        "min_price_fen": int(100 * 1000 ** dice.random()),
        "in_stock": dice.random() < 0.9,
        "created_at": _MADE_AT,
        "updated_at": _MADE_AT,
        "version": 1,
    }


def _write(dice: random.Random, rows: list[dict[str, Any]], made: Catalogue) -> None:
    db.session.execute(insert(Product), rows)
    worn = [{"product_id": row["id"], "tag_id": tag} for row in rows for tag in {_steep(dice, made.tags) for _ in "12"}]
    db.session.execute(insert(ProductTag), worn)
    ListingRepository().place([row["id"] for row in rows])

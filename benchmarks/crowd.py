"""A catalogue of any size from a vocabulary: the same products for the same number, into an empty catalogue.

Words are drawn as in a real shop: few nouns name most of the goods, 新款 stands on three of ten, sales fall steeply.
So do categories, brands and tags: the first are by far the largest. One of ten SKUs is sold out, prices are from 1 to
1,000 yuan. `fill` writes all of it, the shop's list and the postings of search; stock is a mark, no ledger.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, insert, text
from sqlalchemy.orm import Session

from backend.catalog.domain.brand import Brand
from backend.catalog.domain.category import Category, live_key
from backend.catalog.domain.naming import name_key
from backend.catalog.domain.posting import PackedDocument, Posting
from backend.catalog.domain.product import Product
from backend.catalog.domain.search.document import (
    BRAND,
    CATEGORY,
    PARAMETER,
    PARENT,
    SELLING_POINT,
    SPEC,
    TAG,
    TITLE,
    SearchDocument,
    marks,
    packed,
)
from backend.catalog.domain.sku import Sku
from backend.catalog.domain.spec import NamedValue, Spec, as_json
from backend.catalog.domain.status import ProductStatus
from backend.catalog.domain.tag import ProductTag, Tag
from backend.catalog.repository.listing import place
from kit.domain.identity import new_id

_WORDS = {
    kind: words.split()
    for kind, words in tomllib.loads((Path(__file__).parent / "vocabulary.toml").read_text(encoding="utf-8")).items()
}
NOUNS, MATERIALS, STYLES = _WORDS["nouns"], _WORDS["materials"], _WORDS["styles"]
COLOURS, BRANDS, SIZES = _WORDS["colours"], _WORDS["brands"], _WORDS["sizes"]
ROOTS = ["家居馆", "厨具馆", "服饰馆", "箱包馆", "母婴馆", "数码馆", "个护馆", "食品馆"]
TAGS = ["热卖", "当季", "满减", "送礼", "进口", "清仓", "手工", "限量", "联名", "环保"]
APART = 2
"""This tag is on many products and on none of the first root: two large sets that never meet."""
SERIES = [first + second for first in "云山海星月光清晨暮雪松竹兰梅" for second in "语境间野舍里集序居物"]

_CHUNK = 2000
_MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Made:
    """One product as rows, its tags' ids, and as search knows it."""

    row: dict[str, Any]
    skus: list[dict[str, Any]]
    tags: list[int]
    document: SearchDocument


@dataclass
class Crowd:
    """What was made, the largest first: leaves are (id, name, root's id, its name), brands and tags (id, name)."""

    roots: list[int] = field(default_factory=list)
    leaves: list[tuple[int, str, int, str]] = field(default_factory=list)
    brands: list[tuple[int, str]] = field(default_factory=list)
    tags: list[tuple[int, str]] = field(default_factory=list)
    products: list[int] = field(default_factory=list)


def fill(engine: Engine, products: int, *, seed: int = 7, searchable: bool = True) -> Crowd:
    """Write `products` products on sale, each with one to three SKUs and one or two tags, and list them.

    `searchable`: index them as well, which takes most of the time.
    """
    dice, crowd = random.Random(seed), Crowd()
    with engine.begin() as connection:
        _categories(connection, crowd)
        _brands(connection, crowd)
        _tags(connection, crowd)
    rows = (_product(dice, number, crowd) for number in range(products))
    postings: list[tuple[str, int, int]] = []
    while chunk := list(islice(rows, _CHUNK)):
        with engine.begin() as connection:
            _write(connection, chunk)
        crowd.products += [made.row["id"] for made in chunk]
        if searchable:
            with engine.begin() as connection:
                postings += _write_documents(connection, [made.document for made in chunk])
    _write_postings(engine, postings)
    _analyse(engine)
    return crowd


def _write(connection: Connection, chunk: Sequence[Made]) -> None:
    connection.execute(insert(Product), [made.row for made in chunk])
    connection.execute(insert(Sku), [sku for made in chunk for sku in made.skus])
    worn = [{"product_id": made.row["id"], "tag_id": tag_id} for made in chunk for tag_id in made.tags]
    connection.execute(insert(ProductTag), worn)
    with Session(connection) as session:
        place(session, [made.row["id"] for made in chunk])


def _write_documents(connection: Connection, documents: Sequence[SearchDocument]) -> list[tuple[str, int, int]]:
    """Their postings are left to be written together, in order."""
    impacts = {document.product_id: document.impacts() for document in documents}
    whole = [{"product_id": product_id, "terms": packed(terms)} for product_id, terms in impacts.items()]
    connection.execute(insert(PackedDocument), whole)
    return [(term, impact, product_id) for product_id, terms in impacts.items() for term, impact in terms.items()]


def _categories(connection: Connection, crowd: Crowd) -> None:
    roots = [_category(None, name, place) for place, name in enumerate(ROOTS)]
    leaves = [_category(roots[place * len(roots) // len(NOUNS)]["id"], noun, place) for place, noun in enumerate(NOUNS)]
    for level in (roots, leaves):
        connection.execute(insert(Category), level)
    above = {row["id"]: row["name"] for row in roots}
    crowd.roots = [row["id"] for row in roots]
    crowd.leaves = [(row["id"], row["name"], row["parent_id"], above[row["parent_id"]]) for row in leaves]


def _category(parent_id: int | None, name: str, place: int) -> dict[str, Any]:
    row = {"id": new_id(), "parent_id": parent_id, "name": name, "sort_order": place, "image_url": ""}
    return row | {"live_key": live_key(parent_id, name), "version": 1}


def _brands(connection: Connection, crowd: Crowd) -> None:
    rows = [{"id": new_id(), "name": name, "live_key": name_key(name), "version": 1} for name in BRANDS]
    connection.execute(insert(Brand), rows)
    crowd.brands = [(row["id"], row["name"]) for row in rows]


def _tags(connection: Connection, crowd: Crowd) -> None:
    rows = [{"id": new_id(), "name": name, "name_key": name_key(name), "version": 1} for name in TAGS]
    connection.execute(insert(Tag), rows)
    crowd.tags = [(row["id"], row["name"]) for row in rows]


def _steep(dice: random.Random, choices: Sequence[Any]) -> Any:
    """The first of the choices far more often than the last."""
    return choices[int(len(choices) * dice.random() ** 2)]


def _product(dice: random.Random, number: int, crowd: Crowd) -> Made:
    category_id, noun, above, root = _steep(dice, crowd.leaves)
    brand_id, brand = _steep(dice, crowd.brands) if dice.random() < 0.8 else (None, "")
    words = [dice.choice(SERIES), _steep(dice, STYLES), _steep(dice, MATERIALS), noun]
    if dice.random() < 0.3:
        words.insert(0, "新款")
    title = "".join(words) + (f" {dice.choice(COLOURS)}" if dice.random() < 0.5 else "")
    point = f"{_steep(dice, STYLES)}{dice.choice(MATERIALS)}，{dice.choice(SERIES)}系列"
    parameters = [
        NamedValue("材质", _steep(dice, MATERIALS)),
        NamedValue("产地", dice.choice(["浙江", "广东", "江苏"])),
    ]
    sales = int(10 / (1.001 - dice.random()) ** 0.8 - 9.9)
    worn = {_steep(dice, crowd.tags) for _ in "12"}
    tags = sorted(worn - {crowd.tags[APART]} if root == ROOTS[0] else worn)
    code, product_id = f"CROWD-{number:07d}", new_id()
    skus = _skus(dice, product_id, code)
    product = {
        "id": product_id,
        "code": code,
        "category_id": category_id,
        "title": title,
        "brand": brand,
        "brand_id": brand_id,
        "selling_point": point,
        "unit": "件",
        "image_url": "https://img.example.com/p.jpg",
        "gallery": [],
        "parameters": as_json(parameters),
        "status": ProductStatus.ON_SALE,
        "sort_weight": dice.randrange(100),
        "sales": sales,
        "min_price_fen": min(sku["price_fen"] for sku in skus),
        "in_stock": any(sku["in_stock"] for sku in skus),
        "created_at": _MADE_AT,
        "updated_at": _MADE_AT,
        "version": 1,
    }
    values = " ".join(pair["value"] for sku in skus for pair in sku["spec"])
    told = " ".join(pair.value for pair in parameters)
    texts = (
        (title, TITLE),
        (brand, BRAND),
        (noun, CATEGORY),
        (root, PARENT),
        (point, SELLING_POINT),
        (" ".join(name for _, name in tags), TAG),
        (values, SPEC),
        (told, PARAMETER),
    )
    codes = (code, *(sku["code"] for sku in skus))
    found = SearchDocument(
        product_id=product_id,
        fields=texts,
        codes=codes,
        sales=sales,
        in_stock=bool(product["in_stock"]),
        marks=marks(
            ProductStatus.ON_SALE,
            category_ids=[category_id, above],
            brand_id=brand_id,
            tag_ids=[tag_id for tag_id, _ in tags],
        ),
    )
    return Made(product, skus, [tag_id for tag_id, _ in tags], found)


def _skus(dice: random.Random, product_id: int, code: str) -> list[dict[str, Any]]:
    rows = []
    for position, value in enumerate(dice.sample(SIZES, dice.randint(1, 3)), start=1):
        spec = Spec((NamedValue("规格", value),))
        row = {"id": new_id(), "product_id": product_id, "code": f"{code}-{position}", "position": position}
        row |= {"spec": as_json(spec.pairs), "spec_text": spec.text, "spec_key": spec.key, "list_price_fen": None}
        rows.append(row | {"price_fen": int(100 * 1000 ** dice.random()), "in_stock": dice.random() < 0.9})
    return rows


def _write_postings(engine: Engine, postings: list[tuple[str, int, int]]) -> None:
    """In the order of the clustered index: ten times faster than as they come."""
    postings.sort()
    names = ("term", "impact", "product_id")
    for start in range(0, len(postings), 20_000):
        with engine.begin() as connection:
            rows = [dict(zip(names, row, strict=True)) for row in postings[start : start + 20_000]]
            connection.execute(insert(Posting), rows)


def _analyse(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        tables = "cat_product, cat_sku, cat_product_tag, cat_listing, cat_search_posting, cat_search_document"
        with engine.begin() as connection:
            connection.execute(text(f"ANALYZE TABLE {tables}"))


def questions(number: int, *, seed: int = 11) -> Iterator[str]:
    """What customers of such a shop ask for: most name the thing, many say how it should be, one of ten wants 新款."""
    dice = random.Random(seed)
    for _ in range(number):
        noun, chance = _steep(dice, NOUNS), dice.random()
        if chance < 0.4:
            yield noun
        elif chance < 0.65:
            yield f"{_steep(dice, MATERIALS)}{noun}"
        elif chance < 0.8:
            yield f"{_steep(dice, STYLES)} {_steep(dice, MATERIALS)} {noun}"
        elif chance < 0.9:
            yield f"新款 {noun}"
        else:
            yield f"{dice.choice(BRANDS)} {noun}"

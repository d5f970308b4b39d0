"""Products that are on sale and in stock."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from backend.catalog.domain.facts import ProductFacts, SkuFacts, SkuLine
from backend.catalog.domain.spec import NamedValue, Spec
from backend.catalog.domain.tag import Tag, TagFacts
from backend.catalog.domain.tree import CategoryFacts
from backend.catalog.wiring import services
from backend.inventory import facade as inventory
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.service.transaction import in_transaction

_numbers = itertools.count(1)
OPERATOR = "system:test"


@dataclass(frozen=True)
class ProductFixture:
    """What a test needs to go on; `sku_ids` in order of display."""

    product_id: int
    sku_ids: tuple[int, ...]

    @property
    def sku_id(self) -> int:
        """The first SKU."""
        return self.sku_ids[0]


def make_category(name: str | None = None, *, parent_id: int | None = None, **over: Any) -> int:
    """A live category; its id."""
    name = name or f"类目{next(_numbers)}"
    return services().categories.add(CategoryFacts(name=name, parent_id=parent_id, **over))


def make_tag(name: str) -> int:
    """A tag; its id."""
    tag = Tag()
    tag.describe(TagFacts(name=name))
    in_transaction(lambda: db.session.add(tag))
    return int(tag.id)


def sku_line(value: str = "标准", *, name: str = "规格", price_fen: int = 1000, **over: Any) -> SkuLine:
    """A new SKU with a spec of one pair."""
    sku_id = over.pop("sku_id", None)
    return SkuLine(sku_id=sku_id, facts=SkuFacts(spec=Spec((NamedValue(name, value),)), price_fen=price_fen, **over))


def make_product(
    *, price_fen: int = 1000, stock: int = 10, skus: int = 1, on_sale: bool = True, code: str | None = None, **over: Any
) -> ProductFixture:
    """A product with `skus` SKUs at `price_fen`, each with `stock` units; `over` are fields of `ProductFacts`."""
    code = code or f"P{next(_numbers)}"
    facts = {
        "category_id": over.pop("category_id", None) or make_category(),
        "title": f"商品 {code}",
        "unit": "件",
    } | over
    lines = [sku_line(f"款式{number}", price_fen=price_fen) for number in range(1, skus + 1)]
    now = utc_now()

    def make() -> ProductFixture:
        product_id = services().editing.create(code, ProductFacts(**facts), lines, operator=OPERATOR, now=now)
        sku_ids = tuple(sku.id for sku in services().query.product(product_id)["skus"])
        if stock:
            received = dict.fromkeys(sku_ids, stock)
            inventory.receive(
                quantities=received, reference=f"factory:{code}", reason="factory", operator=OPERATOR, now=now
            )
        for sku_id in sku_ids:
            services().availability.refresh([sku_id])
        if on_sale:
            services().selling.put_on_sale(product_id, now=now)
        return ProductFixture(product_id, sku_ids)

    return in_transaction(make)

"""One listed product onto one product of the catalogue: in memory, so that a rehearsal does what an import does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.catalog.domain.facts import ProductFacts, SkuLine
from backend.catalog.domain.product import Product
from backend.catalog.domain.sku import Sku
from backend.catalog.domain.status import ProductStatus
from backend.catalog.domain.stock import StockSeen
from backend.catalog.service.importing.outcome import ImportOutcome
from backend.catalog.service.importing.products import ListedProduct

_REASON = "catalogue sheet"


@dataclass(frozen=True)
class Written:
    """A listed product after it was written."""

    product: Product
    changed: bool
    new_skus: dict[int, int]
    """SKU id → units to begin with."""


def write(
    listed: ListedProduct,
    facts: ProductFacts,
    product: Product | None,
    *,
    operator: str,
    now: datetime,
    outcome: ImportOutcome,
) -> Written:
    """Change `product`, or make one; count it in `outcome`. Raises as `Product.edit`."""
    if product is None:
        product = Product.draft(listed.code, facts, _lines([], listed), by=operator, at=now)
        _shelve(product, listed, now)
        _schedule(product, listed, now)
        outcome.products_created += 1
        outcome.skus_created += len(listed.skus)
        return Written(product, True, _stock_up(product.skus, listed))
    before = {sku.id: sku.facts() for sku in product.live_skus()}
    ever = {sku.id for sku in product.skus}
    changed = _update(product, facts, listed, operator, now)
    outcome.count(changed, before, product.live_skus(), ever, len(listed.skus))
    return Written(product, changed, _stock_up([sku for sku in product.skus if sku.id not in ever], listed))


def _update(product: Product, facts: ProductFacts, listed: ListedProduct, operator: str, now: datetime) -> bool:
    # Off the shelf first: what is not for sale may also lose its price.
    left = not listed.on_sale and product.status is ProductStatus.ON_SALE
    if left:
        product.take_off_sale(at=now)
    edited = product.edit(facts, _lines(product.live_skus(), listed), by=operator, at=now, reason=_REASON)
    return any([left, edited, _shelve(product, listed, now), _schedule(product, listed, now)])


def _shelve(product: Product, listed: ListedProduct, now: datetime) -> bool:
    wanted = listed.on_sale and product.status is not ProductStatus.ON_SALE
    if wanted:
        product.put_on_sale(at=now)
    return wanted


def _schedule(product: Product, listed: ListedProduct, now: datetime) -> bool:
    known = {"on_sale_at": product.on_sale_at, "off_sale_at": product.off_sale_at}
    wanted = known | listed.schedule
    if wanted == known:
        return False
    product.schedule(**wanted, at=now)
    return True


def _lines(live: Sequence[Sku], listed: ListedProduct) -> list[SkuLine]:
    """The product's SKUs as they are to be: known ones in their places, unlisted ones as they are, new ones behind."""
    by_key = {sku.facts.spec.key: sku.facts for sku in listed.skus}
    lines = [SkuLine(facts=by_key.pop(sku.spec_key, sku.facts()), sku_id=sku.id) for sku in live]
    return lines + [SkuLine(facts=facts) for facts in by_key.values()]


def _stock_up(new: Iterable[Sku], listed: ListedProduct) -> dict[int, int]:
    """Units of each new SKU; the projection is written along, its event will find nothing to do."""
    units = {sku.facts.spec.key: sku.stock for sku in listed.skus}
    stock = {}
    for sku in new:
        stock[sku.id] = units[sku.spec_key]
        sku.in_stock, sku.low_count = StockSeen.of(stock[sku.id])
    return stock

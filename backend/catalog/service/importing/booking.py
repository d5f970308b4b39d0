"""Books a sheet into the catalogue: everything in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO

from backend.catalog.domain.brand import Brand
from backend.catalog.domain.facts import ProductFacts, SkuLine
from backend.catalog.domain.product import Product
from backend.catalog.domain.sku import Sku
from backend.catalog.domain.status import ProductStatus
from backend.catalog.domain.stock import StockSeen
from backend.catalog.domain.tree import CategoryTree
from backend.catalog.repository.brand import BrandRepository
from backend.catalog.repository.category import CategoryRepository
from backend.catalog.repository.product import ProductRepository
from backend.catalog.service.importing.conflicts import conflicts
from backend.catalog.service.importing.fault import Fault, SheetRefused
from backend.catalog.service.importing.outcome import ImportOutcome
from backend.catalog.service.importing.products import ListedProduct, read_products
from backend.catalog.service.registration import receive_initial, register_skus
from kit.cache.hot import HotCache
from kit.service.transaction import after_commit, transactional

Path = tuple[str, ...]
_REASON = "catalogue sheet"


@dataclass(frozen=True)
class _Booked:
    """A listed product after the booking."""

    product: Product
    changed: bool
    new_skus: dict[int, int]
    """SKU id → units to begin with."""


class _Rehearsed(Exception):
    """Carries the outcome of a dry run out of the transaction, which it rolls back."""

    def __init__(self, outcome: ImportOutcome) -> None:
        self.outcome = outcome


class CatalogImport:
    """Adds and updates what a sheet lists; what it does not list stays as it is. A second run changes nothing.

    A product is known by its code, a SKU by its spec. The sheet's stock is received once, when a SKU is new.
    """

    def __init__(
        self, products: ProductRepository, categories: CategoryRepository, brands: BrandRepository, cache: HotCache
    ) -> None:
        self.products = products
        self.categories = categories
        self.brands = brands
        self.cache = cache

    def run(self, file: BinaryIO, *, operator: str, now: datetime, dry_run: bool = False) -> ImportOutcome:
        """Import `file`; with `dry_run` everything is tried and taken back. Raises `SheetRefused` with every fault."""
        faults: list[Fault] = []
        listed = read_products(file, faults)
        try:
            return self._book(listed, faults, operator=operator, now=now, dry_run=dry_run)
        except _Rehearsed as rehearsed:
            return rehearsed.outcome

    @transactional
    def _book(
        self, listed: Sequence[ListedProduct], faults: list[Fault], *, operator: str, now: datetime, dry_run: bool
    ) -> ImportOutcome:
        tree = self.categories.locked_tree()
        known = self.products.of_codes([product.code for product in listed])
        found = [*faults, *conflicts(listed, known)]
        if found:
            raise SheetRefused(found)
        outcome = ImportOutcome()
        category_ids = self._grow(tree, [product.category for product in listed], outcome)
        brands = self.brands.called({entry.described["brand"] for entry in listed} - {""})
        booked = [
            self._write(
                entry,
                _facts(entry, category_ids, brands),
                known.get(entry.code),
                operator=operator,
                now=now,
                outcome=outcome,
            )
            for entry in listed
        ]
        self.products.flush()
        self.products.project_stock([item.product.id for item in booked if item.changed])
        register_skus((item.product for item in booked if item.changed), operator=operator, now=now)
        # Contended rows last: stock is moved when everything else is written.
        quantities = {sku_id: units for item in booked for sku_id, units in item.new_skus.items() if units}
        receive_initial(quantities, operator=operator, now=now)
        if dry_run:
            raise _Rehearsed(outcome)
        if outcome.changed_anything:
            after_commit(self.cache.forget)
        return outcome

    def _grow(self, tree: CategoryTree, paths: Iterable[Path], outcome: ImportOutcome) -> dict[Path, int]:
        """The id of every path; missing categories are added."""
        ids: dict[Path, int] = {}
        for path in dict.fromkeys(paths):
            category, fresh = tree.grow(path)
            ids[path] = category.id
            outcome.categories_created += len(fresh)
            self.categories.add_all(fresh)
        # Products point at them by id alone: the flush would not know which to write first.
        self.categories.flush()
        return ids

    def _write(
        self,
        listed: ListedProduct,
        facts: ProductFacts,
        product: Product | None,
        *,
        operator: str,
        now: datetime,
        outcome: ImportOutcome,
    ) -> _Booked:
        if product is None:
            product = self.products.add(Product.draft(listed.code, facts, _lines([], listed), by=operator, at=now))
            outcome.products_created += 1
            outcome.skus_created += len(listed.skus)
            _shelve(product, listed, now)
            return _Booked(product, True, _stock_up(product.skus, listed))
        before = {sku.id: sku.facts() for sku in product.live_skus()}
        ever = {sku.id for sku in product.skus}
        changed = _update(product, facts, listed, operator, now)
        outcome.count(changed, before, product.live_skus(), ever, len(listed.skus))
        return _Booked(product, changed, _stock_up([sku for sku in product.skus if sku.id not in ever], listed))


def _facts(listed: ListedProduct, category_ids: Mapping[Path, int], brands: Mapping[str, Brand]) -> ProductFacts:
    """With the brand's name as it is written: a sheet that spells it in small letters changes nothing."""
    brand = brands.get(listed.described["brand"])
    named = {} if brand is None else {"brand": brand.name, "brand_id": brand.id}
    return ProductFacts(category_id=category_ids[listed.category], **listed.described | named)


def _update(product: Product, facts: ProductFacts, listed: ListedProduct, operator: str, now: datetime) -> bool:
    # Off the shelf first: what is not for sale may also lose its price.
    left = not listed.on_sale and product.status is ProductStatus.ON_SALE
    if left:
        product.take_off_sale(at=now)
    edited = product.edit(facts, _lines(product.live_skus(), listed), by=operator, at=now, reason=_REASON)
    return any([left, edited, _shelve(product, listed, now)])


def _shelve(product: Product, listed: ListedProduct, now: datetime) -> bool:
    wanted = listed.on_sale and product.status is not ProductStatus.ON_SALE
    if wanted:
        product.put_on_sale(at=now)
    return wanted


def _lines(live: Sequence[Sku], listed: ListedProduct) -> list[SkuLine]:
    """The product's SKUs as they are to be: known ones in their places, unlisted ones as they are, new ones behind."""
    by_key = {sku.facts.spec.key: sku.facts for sku in listed.skus}
    lines = []
    for sku in live:
        facts = by_key.pop(sku.spec_key, None)
        # The sheet has no picture of a SKU: the one staff chose stays.
        wanted = sku.facts() if facts is None else replace(facts, image_url=sku.image_url)
        lines.append(SkuLine(facts=wanted, sku_id=sku.id))
    return lines + [SkuLine(facts=facts) for facts in by_key.values()]


def _stock_up(new: Iterable[Sku], listed: ListedProduct) -> dict[int, int]:
    """Units of each new SKU; the projection is written along, its event will find nothing to do."""
    units = {sku.facts.spec.key: sku.stock for sku in listed.skus}
    stock = {}
    for sku in new:
        stock[sku.id] = units[sku.spec_key]
        sku.in_stock, sku.low_count = StockSeen.of(stock[sku.id])
    return stock

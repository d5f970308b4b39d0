"""A dry run: what an import would change, found by doing it and taking it back before anything reaches the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from backend.catalog.domain.product import Product
from backend.catalog.domain.tree import CategoryTree
from backend.catalog.repository.product import ProductRepository
from backend.catalog.service.importing.checking import PRODUCTS_AT_ONCE, Tell
from backend.catalog.service.importing.columns import CODE, COLUMNS, PRICE, SPEC, STOCK, Column, Shown
from backend.catalog.service.importing.naming import Names, SheetNaming
from backend.catalog.service.importing.outcome import ImportOutcome
from backend.catalog.service.importing.products import ListedProduct, read_product
from backend.catalog.service.importing.spill import Spill
from backend.catalog.service.importing.writing import write
from kit.domain.words import Words
from kit.service.transaction import in_transaction

_COMPARED = [column for column in COLUMNS if column not in (CODE, SPEC, STOCK)]


class Change(NamedTuple):
    """One line of the sheet of changes; `sku` is empty when the product is meant."""

    row: int
    product: str
    sku: str
    field: str
    old: str
    new: str


@dataclass
class _Seen:
    """What earlier products would have brought into the catalogue already."""

    categories: set[tuple[str, ...]]
    brands: set[str]
    tags: set[str]


class _TakenBack(Exception):
    """Carries the result out of the transaction, which it rolls back."""

    def __init__(self, outcome: ImportOutcome, changes: Sequence[Change]) -> None:
        self.outcome = outcome
        self.changes = changes


class Rehearsing:
    """Nothing is flushed, so not even a lock of a product is taken."""

    def __init__(self, products: ProductRepository, naming: SheetNaming) -> None:
        self.products = products
        self.naming = naming

    def rehearse(
        self,
        spill: Spill,
        total: int,
        *,
        operator: str,
        now: datetime,
        note: Callable[[Change], None],
        tell: Tell,
    ) -> ImportOutcome:
        """The counts an import would have; `note` gets every change."""
        outcome, seen = ImportOutcome(), _Seen(set(), set(), set())
        for groups in spill.chunks(PRODUCTS_AT_ONCE):
            listed = [product for group in groups if (product := read_product(group)[0]) is not None]
            done = self._take_back(listed, seen, operator=operator, now=now)
            outcome += done.outcome
            for change in done.changes:
                note(change)
            tell(groups[-1].position / total)
        return outcome

    def _take_back(self, listed: Sequence[ListedProduct], seen: _Seen, *, operator: str, now: datetime) -> _TakenBack:
        def work() -> None:
            with self.products.session.no_autoflush:
                raise self._try(listed, seen, operator=operator, now=now)

        try:
            in_transaction(work)
        except _TakenBack as done:
            return done
        raise AssertionError("unreachable")

    def _try(self, listed: Sequence[ListedProduct], seen: _Seen, *, operator: str, now: datetime) -> _TakenBack:
        names = self.naming.look_up(listed)
        known = self.products.as_listed([entry.code for entry in listed])
        tags = self.naming.tags.names(worn.tag_id for product in known.values() for worn in product.tags)
        tags |= {tag.id: tag.name for tag in names.tags.values()}
        outcome = _fresh(names, seen)
        changes: list[Change] = []
        for entry in listed:
            product = known.get(entry.code)
            before = {} if product is None else _shown(product, names.tree, tags)
            written = write(entry, names.facts(entry), product, operator=operator, now=now, outcome=outcome)
            changes.extend(_changes(entry, before, _shown(written.product, names.tree, tags)))
        return _TakenBack(outcome, changes)


def _fresh(names: Names, seen: _Seen) -> ImportOutcome:
    categories = {names.tree.path(category.id) for category in names.fresh_categories} - seen.categories
    brands, tags = names.fresh_brands - seen.brands, {tag.name_key for tag in names.fresh_tags} - seen.tags
    seen.categories |= categories
    seen.brands |= brands
    seen.tags |= tags
    return ImportOutcome(categories_created=len(categories), brands_created=len(brands), tags_created=len(tags))


def _shown(product: Product, tree: CategoryTree, tags: Mapping[int, str]) -> dict[str, dict[str, str]]:
    """The live SKUs by their spec's key, as rows of texts by column."""
    category = tree.path(product.category_id)
    worn = tuple(tags[worn.tag_id] for worn in product.tags)
    return {
        sku.spec_key: {
            column.name: column.show(Shown(product=product, sku=sku, category=category, tags=worn))
            for column in _COMPARED
        }
        for sku in product.live_skus()
    }


def _changes(
    entry: ListedProduct, before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]
) -> Iterator[Change]:
    if not before:
        yield Change(entry.row, entry.code, "", Words("新商品", "New product"), "", entry.described["title"])
    known = [sku for sku in entry.skus if sku.facts.spec.key in before]
    if known:
        key = known[0].facts.spec.key
        yield from _differences(entry.row, entry.code, "", before[key], after[key], of_sku=False)
    for sku in entry.skus:
        key, text = sku.facts.spec.key, sku.facts.spec.text
        if key in before:
            yield from _differences(sku.row, entry.code, text, before[key], after[key], of_sku=True)
        else:
            yield Change(
                sku.row, entry.code, text, Words("新规格", "New SKU"), "", f"{PRICE.name} {after[key][PRICE.name]}"
            )


def _differences(
    row: int, code: str, sku: str, before: Mapping[str, str], after: Mapping[str, str], *, of_sku: bool
) -> Iterator[Change]:
    compared: list[Column] = [column for column in _COMPARED if column.of_sku is of_sku]
    for column in compared:
        if before[column.name] != after[column.name]:
            yield Change(row, code, sku, column.name, before[column.name], after[column.name])

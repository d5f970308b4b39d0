"""Staff write products."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from backend.catalog.domain.error import StaleVersion
from backend.catalog.domain.facts import ProductFacts, SkuLine
from backend.catalog.domain.product import Product
from backend.catalog.repository.category import CategoryRepository
from backend.catalog.repository.product import ProductRepository
from backend.catalog.service.registration import register_skus
from kit.cache.hot import HotCache
from kit.service.transaction import after_commit, transactional


class Editing:
    """Creates, edits and archives products with their SKUs."""

    def __init__(self, products: ProductRepository, categories: CategoryRepository, cache: HotCache) -> None:
        self.products = products
        self.categories = categories
        self.cache = cache

    @transactional
    def create(self, code: str, facts: ProductFacts, lines: Sequence[SkuLine], *, operator: str, now: datetime) -> int:
        """The id of the new draft. Raises `CategoryNotFound`, `ProductCodeTaken`, `SpecRepeated`, `SpecNamesDiffer`."""
        self.categories.hold_live(facts.category_id)
        product = Product.draft(code, facts, lines, at=now)
        self.products.write(product)
        register_skus([product], operator=operator, now=now)
        return product.id

    @transactional
    def edit(
        self,
        product_id: int,
        facts: ProductFacts,
        lines: Sequence[SkuLine],
        *,
        version: int,
        operator: str,
        now: datetime,
    ) -> None:
        """Make the product what was sent, if it is what the sender saw. Raises `StaleVersion` and as `Product.edit`."""
        product = self.products.of_id(product_id)
        if product.version != version:
            raise StaleVersion(
                sent=version, current=product.version, errors={"version": {"sent": version, "current": product.version}}
            )
        self.categories.hold_live(facts.category_id)
        if not product.edit(facts, lines, at=now):
            return
        self.products.write(product)
        register_skus([product], operator=operator, now=now)
        after_commit(self.cache.forget)

    @transactional
    def archive(self, product_id: int, *, now: datetime) -> None:
        """Raises `ProductNotFound`, `NotAllowedNow`. Customers did not see it any more: nothing to forget."""
        self.products.of_id(product_id).archive(at=now)

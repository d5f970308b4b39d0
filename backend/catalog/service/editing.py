"""Staff write products."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from backend.catalog.domain.error import EverSold
from backend.catalog.domain.facts import ProductFacts, SkuLine
from backend.catalog.domain.product import Product
from backend.catalog.repository.category import CategoryRepository
from backend.catalog.repository.product import ProductRepository
from backend.catalog.service.naming import Naming
from backend.catalog.service.registration import register_skus
from backend.catalog.service.renaming import tell_changed
from backend.catalog.service.showing import forget_product, show_product
from backend.inventory import facade as inventory
from kit.cache.hot import HotCache
from kit.domain.version import check_version
from kit.service.transaction import after_commit, transactional


class Editing:
    """Creates, edits and archives products with their SKUs."""

    def __init__(
        self, products: ProductRepository, categories: CategoryRepository, naming: Naming, cache: HotCache
    ) -> None:
        self.products = products
        self.categories = categories
        self.naming = naming
        self.cache = cache

    @transactional
    def create(self, code: str, facts: ProductFacts, lines: Sequence[SkuLine], *, operator: str, now: datetime) -> int:
        """The id of the new draft. Raises as `edit` does, and `ProductCodeTaken`."""
        self.categories.hold_live(facts.category_id)
        product = Product.draft(code, self.naming.resolve(facts), lines, by=operator, at=now)
        self.products.write(product)
        show_product(product)
        register_skus([product], operator=operator, now=now)
        return product.id

    @transactional
    def edit(
        self,
        product_id: int,
        facts: ProductFacts,
        lines: Sequence[SkuLine],
        *,
        version: int | None,
        operator: str,
        now: datetime,
        reason: str = "",
    ) -> None:
        """Make the product what was sent, if it is what the sender saw; `reason` is kept with the prices that change.

        Raises `StaleVersion`, `CategoryNotFound`, `BrandNotFound`, `TagNotFound`, `BarCodeTaken`,
        `UnknownMedia`; as `Product.edit`.
        """
        product = self.products.of_id(product_id)
        check_version(product, version)
        self.categories.hold_live(facts.category_id)
        if not product.edit(self.naming.resolve(facts), lines, by=operator, at=now, reason=reason):
            return
        self.products.write(product)
        show_product(product)
        self.products.project_stock([product.id])
        register_skus([product], operator=operator, now=now)
        after_commit(self.cache.forget)

    def copied(
        self, product_id: int, *, title: str | None, category_id: int | None
    ) -> tuple[ProductFacts, list[SkuLine]]:
        """What a new draft like it is made of, without bar codes; None: as it is there. Raises `ProductNotFound`."""
        template = self.products.of_id(product_id)
        # By its name: a brand that was archived since is made anew.
        facts = replace(template.facts(), brand_id=None)
        # A bar code is of one thing in the world.
        lines = [SkuLine(facts=replace(sku.facts(), bar_code=None)) for sku in template.live_skus()]
        return replace(facts, title=title or facts.title, category_id=category_id or facts.category_id), lines

    @transactional
    def erase(self, product_id: int, *, version: int | None = None, now: datetime) -> None:
        """As if it had never been; its code is free again. Raises `ProductNotFound`, `StaleVersion`, `EverSold`."""
        product = self.products.of_id(product_id)
        check_version(product, version)
        sku_ids = [sku.id for sku in product.skus]
        if not product.can_erase() or not inventory.forget(sku_ids=sku_ids):
            raise EverSold
        self.products.erase(product)
        tell_changed([product_id], at=now)
        forget_product(product_id)

    @transactional
    def archive(self, product_id: int, *, version: int | None = None, now: datetime) -> None:
        """Raises `ProductNotFound`, `StaleVersion`, `NotAllowedNow`.

        Customers did not see it any more: nothing to forget.
        """
        product = self.products.of_id(product_id)
        check_version(product, version)
        product.archive(at=now)

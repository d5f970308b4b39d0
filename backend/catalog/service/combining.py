"""SKUs made from combinations of spec values (规格组合生成)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from backend.catalog.domain.combination import combinations
from backend.catalog.domain.facts import SkuFacts, SkuLine
from backend.catalog.domain.product import Product
from backend.catalog.domain.spec import Spec
from backend.catalog.repository.product import ProductRepository
from backend.catalog.repository.template import TemplateRepository
from backend.catalog.service.registration import register_skus
from kit.cache.hot import HotCache
from kit.domain.version import check_version
from kit.service.transaction import after_commit, transactional


class Combining:
    """Adds what is missing; what is there stays as it is."""

    def __init__(self, products: ProductRepository, templates: TemplateRepository, cache: HotCache) -> None:
        self.products = products
        self.templates = templates
        self.cache = cache

    @transactional
    def generate(
        self,
        product_id: int,
        *,
        specs: Sequence[dict[str, Any]] | None,
        template_id: int | None,
        price_fen: int,
        list_price_fen: int | None,
        version: int | None,
        operator: str,
        now: datetime,
    ) -> None:
        """Every combination of `specs`, or of the template's, becomes a SKU at this price unless the product has it.

        Raises `ProductNotFound`, `StaleVersion`, `TemplateNotFound`; as `Product.add_skus` does.
        """
        product = self.products.of_id(product_id)
        check_version(product, version)
        facts = [
            SkuFacts(spec=spec, price_fen=price_fen, list_price_fen=list_price_fen)
            for spec in self._combined(specs, template_id)
        ]
        if not product.add_skus([SkuLine(facts=one) for one in facts], by=operator, at=now):
            return
        self.products.write(product)
        self.products.project_stock([product.id])
        register_skus([product], operator=operator, now=now)
        after_commit(self.cache.forget)

    def missing(
        self, product: Product, *, specs: Sequence[dict[str, Any]] | None, template_id: int | None
    ) -> list[Spec]:
        """The combinations that no live SKU has. Raises `TemplateNotFound`, `TooManySkus`, `SpecMalformed`."""
        known = {sku.spec_key for sku in product.live_skus()}
        return [spec for spec in self._combined(specs, template_id) if spec.key not in known]

    def _combined(self, specs: Sequence[dict[str, Any]] | None, template_id: int | None) -> list[Spec]:
        choices = self.templates.of_id(template_id).specs if template_id is not None else specs or []
        return list(combinations(choices))

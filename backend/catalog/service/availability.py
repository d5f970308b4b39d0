"""Keeps the projection of what is in stock."""

from __future__ import annotations

from collections.abc import Sequence

from backend.catalog.repository.product import ProductRepository
from backend.inventory import facade as inventory
from kit.cache.hot import HotCache
from kit.service.transaction import after_commit, transactional


class Availability:
    """Events say that something changed; how much is left is asked, so order and repetition do not matter."""

    def __init__(self, products: ProductRepository, cache: HotCache) -> None:
        self.products = products
        self.cache = cache

    @transactional
    def refresh(self, sku_ids: Sequence[int]) -> None:
        """Ask inventory, behind the SKUs' locks: of two reactions at once the later one also asks later."""
        counted = self.products.hold_skus(sku_ids)
        available = inventory.available(sku_ids=list(counted))
        for in_stock in (True, False):
            wrong = [sku_id for sku_id, was in counted.items() if was != in_stock == (available.get(sku_id, 0) > 0)]
            if wrong:
                self.products.set_in_stock(wrong, in_stock)
                after_commit(self.cache.forget)

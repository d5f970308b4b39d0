"""Keeps the projection of what is in stock."""

from __future__ import annotations

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
    def refresh(self, sku_id: int) -> None:
        """Ask inventory, behind the SKU's lock: of two reactions at once the later one also asks later."""
        counted = self.products.hold_sku(sku_id)
        in_stock = inventory.available(sku_ids=[sku_id]).get(sku_id, 0) > 0
        if counted is not None and counted != in_stock:
            self.products.set_in_stock(sku_id, in_stock)
            after_commit(self.cache.forget)

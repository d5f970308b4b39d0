"""Keeps the projection of what is in stock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from backend.catalog.domain.stock import StockSeen
from backend.catalog.events import ProductsChanged
from backend.catalog.repository.product import ProductRepository
from backend.inventory import facade as inventory
from kit.cache.hot import HotCache
from kit.domain.clock import utc_now
from kit.event.outbox import add_event
from kit.service.transaction import after_commit, transactional


class Availability:
    """Events say that something changed; how much is left is asked, so order and repetition do not matter."""

    def __init__(self, products: ProductRepository, cache: HotCache, clock: Callable[[], datetime] = utc_now) -> None:
        self.products = products
        self.cache = cache
        self.clock = clock

    @transactional
    def refresh(self, sku_ids: Sequence[int]) -> None:
        """Ask inventory, behind the locks: of two reactions at once the later one also asks later.

        Products are locked before their SKUs, as an edit does.
        """
        product_ids = self.products.products_of(sku_ids)
        self.products.hold(product_ids)
        counted = self.products.hold_skus(sku_ids)
        available = inventory.available(sku_ids=list(counted))
        seen = {sku_id: StockSeen.of(available.get(sku_id, 0)) for sku_id in counted}
        wrong = {sku_id: now_seen for sku_id, now_seen in seen.items() if now_seen != counted[sku_id]}
        if not wrong:
            return
        self.products.set_stock(wrong)
        if any(now_seen.in_stock != counted[sku_id].in_stock for sku_id, now_seen in wrong.items()):
            self.products.project_stock(product_ids)
            add_event(ProductsChanged(product_ids=tuple(product_ids)), at=self.clock())
        after_commit(self.cache.forget)

"""What goes on and off sale, or comes and goes on the home page, by itself (定时上下架)."""

from __future__ import annotations

from datetime import datetime, timedelta

from loguru import logger

from backend.catalog.repository.home import HomeRepository
from backend.catalog.repository.product import ProductRepository
from kit.cache.hot import HotCache
from kit.service.transaction import after_commit, in_transaction, transactional

# Whoever claims a product and dies leaves it to the next run after this.
PATIENCE = timedelta(seconds=60)
_AT_ONCE = 100


class Switching:
    """A product is a transaction of its own: one that fails keeps none from its turn."""

    def __init__(self, products: ProductRepository, slots: HomeRepository, cache: HotCache) -> None:
        self.products = products
        self.slots = slots
        self.cache = cache

    def switch_due(self, *, now: datetime) -> int:
        """Make every switch that is due by `now`; returns how many products were switched."""
        self._pass_slots(now=now)
        switched = 0
        for product_id in self._claim(now=now):
            try:
                switched += self._switch(product_id, now=now)
            except Exception:
                logger.exception("product {} could not be switched; tried again in {}", product_id, PATIENCE)
        return switched

    @transactional
    def _claim(self, *, now: datetime) -> list[int]:
        return self.products.claim_due(now=now, again_after=PATIENCE, limit=_AT_ONCE)

    @transactional
    def _switch(self, product_id: int, *, now: datetime) -> bool:
        product = self.products.held([product_id]).get(product_id)
        if product is None or not product.switch_due(at=now):
            return False
        after_commit(self.cache.forget)
        return True

    def _pass_slots(self, *, now: datetime) -> None:
        if in_transaction(lambda: self.slots.pass_due(now=now)):
            self.cache.forget()

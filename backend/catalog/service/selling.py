"""Products go on the shelf and come off it; what was sold of them is counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from backend.catalog.repository.product import ProductRepository
from kit.cache.hot import HotCache
from kit.service.transaction import after_commit, transactional


class Selling:
    """上架, 下架 and 销量."""

    def __init__(self, products: ProductRepository, cache: HotCache) -> None:
        self.products = products
        self.cache = cache

    @transactional
    def put_on_sale(self, product_id: int, *, now: datetime) -> None:
        """Raises `ProductNotFound`, `NotAllowedNow`, `NothingToSell`, `PriceMissing`."""
        self.products.of_id(product_id).put_on_sale(at=now)
        after_commit(self.cache.forget)

    @transactional
    def take_off_sale(self, product_id: int, *, now: datetime) -> None:
        """Raises `ProductNotFound`, `NotAllowedNow`."""
        self.products.of_id(product_id).take_off_sale(at=now)
        after_commit(self.cache.forget)

    @transactional
    def count(self, units: Mapping[int, int]) -> None:
        """Product id → units sold, or taken back (< 0). Hot answers are not forgotten for it: they may lag 30 s."""
        if units:
            self.products.count_sales(units)

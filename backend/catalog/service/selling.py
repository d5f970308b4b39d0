"""Products go on the shelf and come off it."""

from __future__ import annotations

from datetime import datetime

from backend.catalog.domain.version import check_version
from backend.catalog.repository.product import ProductRepository
from kit.cache.hot import HotCache
from kit.service.transaction import after_commit, transactional


class Selling:
    """上架 and 下架."""

    def __init__(self, products: ProductRepository, cache: HotCache) -> None:
        self.products = products
        self.cache = cache

    @transactional
    def put_on_sale(self, product_id: int, *, version: int | None = None, now: datetime) -> None:
        """Raises `ProductNotFound`, `StaleVersion`, `NotAllowedNow`, `NothingToSell`, `PriceMissing`."""
        product = self.products.of_id(product_id)
        check_version(product, version)
        product.put_on_sale(at=now)
        after_commit(self.cache.forget)

    @transactional
    def take_off_sale(self, product_id: int, *, version: int | None = None, now: datetime) -> None:
        """Raises `ProductNotFound`, `StaleVersion`, `NotAllowedNow`."""
        product = self.products.of_id(product_id)
        check_version(product, version)
        product.take_off_sale(at=now)
        after_commit(self.cache.forget)

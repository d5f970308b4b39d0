"""Products go on the shelf and come off it, by hand and by schedule; what was sold of them is counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from backend.catalog.domain.search.document import doublings
from backend.catalog.events import ProductsChanged
from backend.catalog.repository.product import ProductRepository
from kit.cache.hot import HotCache
from kit.domain.clock import utc_now
from kit.domain.version import check_version
from kit.event.outbox import add_event
from kit.service.transaction import after_commit, transactional


class Selling:
    """上架, 下架 and 销量."""

    def __init__(self, products: ProductRepository, cache: HotCache, clock: Callable[[], datetime] = utc_now) -> None:
        self.products = products
        self.cache = cache
        self.clock = clock

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

    @transactional
    def schedule(
        self,
        product_id: int,
        *,
        on_sale_at: datetime | None,
        off_sale_at: datetime | None,
        version: int | None = None,
        now: datetime,
    ) -> None:
        """When it goes on and off sale by itself. Raises as `Product.schedule`, and `StaleVersion`."""
        product = self.products.of_id(product_id)
        check_version(product, version)
        product.schedule(on_sale_at=on_sale_at, off_sale_at=off_sale_at, at=now)

    @transactional
    def count(self, units: Mapping[int, int]) -> None:
        """Product id → units sold, or taken back (< 0). Hot answers are not forgotten for it: they may lag 30 s.

        Search hears of it when the sales have doubled, or halved: it does not tell the steps between apart.
        """
        if not units:
            return
        self.products.count_sales(units)
        sold = self.products.sales_of(units)
        moved = [key for key, now in sorted(sold.items()) if doublings(now) != doublings(now - units[key])]
        if moved:
            add_event(ProductsChanged(product_ids=tuple(moved)), at=self.clock())

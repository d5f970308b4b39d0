"""Brings the read model of the shop's list up to date where no single edit can, and proves that it is."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from backend.catalog.domain.category import Category
from backend.catalog.domain.product import Product
from backend.catalog.domain.status import ProductStatus
from backend.catalog.domain.tree import subtree_ids
from backend.catalog.repository.listing import CHUNK
from backend.catalog.repository.product import ProductRepository
from kit.cache.hot import HotCache
from kit.service.transaction import in_transaction, transactional


class Relisting:
    """Works in chunks, a transaction each, behind the locks of the products: the shop goes on selling meanwhile."""

    def __init__(self, products: ProductRepository, cache: HotCache) -> None:
        self.products = products
        self.cache = cache

    def category(self, category_id: int) -> None:
        """The category has moved: what stands in it or below has other categories above it. Twice is fine."""
        for member in self._subtree(category_id):
            after: int | None = 0
            while after is not None:
                after = self._place_next(member, after)
        self.cache.forget()

    def everything(self, *, mend: bool) -> int:
        """How many products had listings that were not as they should be; with `mend` they are now."""
        after, wrong = 0, 0
        while ids := self._next_ids(after):
            wrong += len(self._compare(ids, mend=mend))
            after = ids[-1]
        after = 0
        while strays := self._next_strays(after):
            wrong += len(self._compare(strays, mend=mend))
            after = strays[-1]
        if mend and wrong:
            self.cache.forget()
        return wrong

    def _subtree(self, category_id: int) -> list[int]:
        def read() -> dict[int, int | None]:
            query = select(Category.id, Category.parent_id).where(Category.archived_at.is_(None))
            return {row.id: row.parent_id for row in self.products.session.execute(query)}

        return subtree_ids(in_transaction(read), category_id)

    @transactional
    def _place_next(self, category_id: int, after: int) -> int | None:
        shelf = (Product.category_id == category_id, Product.status == ProductStatus.ON_SALE, Product.id > after)
        query = select(Product.id).where(*shelf).order_by(Product.id).limit(CHUNK).with_for_update()
        ids = self.products.session.scalars(query).all()
        self.products.listings.place(ids)
        return ids[-1] if len(ids) == CHUNK else None

    @transactional
    def _next_ids(self, after: int) -> Sequence[int]:
        query = select(Product.id).where(Product.status == ProductStatus.ON_SALE, Product.id > after)
        return self.products.session.scalars(query.order_by(Product.id).limit(CHUNK)).all()

    @transactional
    def _next_strays(self, after: int) -> Sequence[int]:
        return self.products.listings.strays(after=after, limit=CHUNK)

    @transactional
    def _compare(self, ids: Sequence[int], *, mend: bool) -> list[int]:
        self.products.hold(ids)
        wrong = self.products.listings.wrong(ids)
        if mend:
            self.products.listings.place(wrong)
        return wrong

"""One change of many products (批量操作): all of them, or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from backend.catalog.domain.error import BulkRefused, ProductNotFound
from backend.catalog.domain.pricing import PriceRule, Repriced
from backend.catalog.domain.product import Product
from backend.catalog.domain.version import check_version
from backend.catalog.repository.category import CategoryRepository
from backend.catalog.repository.product import ProductRepository
from kit.cache.hot import HotCache
from kit.domain.error import DomainError
from kit.service.transaction import after_commit, transactional

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Pick:
    """A product, and the version the sender has seen (None: did not look)."""

    product_id: int
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A product after the change."""

    product_id: int
    version: int
    status: str
    prices: Sequence[Repriced] = ()


class _Rehearsed(Exception):
    """Carries what would change out of the transaction, which it rolls back."""

    def __init__(self, changed: list[Changed]) -> None:
        self.changed = changed


class Bulk:
    """Locks the products in order of id, asks each, and writes when none refuses. All raise `BulkRefused`."""

    def __init__(self, products: ProductRepository, categories: CategoryRepository, cache: HotCache) -> None:
        self.products = products
        self.categories = categories
        self.cache = cache

    @transactional
    def put_on_sale(self, picks: Sequence[Pick], *, now: datetime) -> list[Changed]:
        """批量上架. Those on sale already are refused."""
        return self._written(picks, lambda product: product.put_on_sale(at=now))

    @transactional
    def take_off_sale(self, picks: Sequence[Pick], *, now: datetime) -> list[Changed]:
        """批量下架."""
        return self._written(picks, lambda product: product.take_off_sale(at=now))

    @transactional
    def move(self, picks: Sequence[Pick], *, category_id: int, now: datetime) -> list[Changed]:
        """Into another category. Raises `CategoryNotFound`."""
        self.categories.hold_live(category_id)
        return self._written(picks, lambda product: product.move_to(category_id, at=now))

    def are_as_seen(self, picks: Sequence[Pick]) -> bool:
        """All are there, at the versions their sender has seen; held until the commit."""
        versions = self.products.versions([pick.product_id for pick in picks])
        return all(pick.product_id in versions and pick.version in (None, versions[pick.product_id]) for pick in picks)

    def reprice(
        self, picks: Sequence[Pick], rule: PriceRule, *, dry_run: bool, operator: str, reason: str, now: datetime
    ) -> list[Changed]:
        """批量改价 of all their live SKUs, old → new; with `dry_run` everything is tried and taken back."""
        try:
            return self._reprice(picks, rule, dry_run=dry_run, operator=operator, reason=reason, now=now)
        except _Rehearsed as rehearsed:
            return rehearsed.changed

    @transactional
    def _reprice(
        self, picks: Sequence[Pick], rule: PriceRule, *, dry_run: bool, operator: str, reason: str, now: datetime
    ) -> list[Changed]:
        prices = self._each(picks, lambda product: product.reprice(rule, by=operator, at=now, reason=reason))
        if dry_run:
            raise _Rehearsed([_changed(product, repriced) for product, repriced in prices])
        self.products.flush()
        after_commit(self.cache.forget)
        return [_changed(product, repriced) for product, repriced in prices]

    def _written(self, picks: Sequence[Pick], change: Callable[[Product], None]) -> list[Changed]:
        changed = self._each(picks, change)
        self.products.flush()
        after_commit(self.cache.forget)
        return [_changed(product) for product, _ in changed]

    def _each(self, picks: Sequence[Pick], change: Callable[[Product], T]) -> list[tuple[Product, T]]:
        """`change` of every product, in the order asked for. Raises `BulkRefused` naming all that do not allow it."""
        held = self.products.held([pick.product_id for pick in picks])
        done: list[tuple[Product, T]] = []
        refused: dict[str, Any] = {}
        for pick in picks:
            try:
                product = held.get(pick.product_id)
                if product is None:
                    raise ProductNotFound
                check_version(product, pick.version)
                done.append((product, change(product)))
            except DomainError as error:
                refused[str(pick.product_id)] = _told(error)
        if refused:
            raise BulkRefused(errors=refused)
        return done


def _told(error: DomainError) -> dict[str, Any]:
    told: dict[str, Any] = {"code": error.code, "message": error.in_words()}
    return told | ({"errors": error.errors} if error.errors else {})


def _changed(product: Product, prices: Sequence[Repriced] = ()) -> Changed:
    return Changed(product_id=product.id, version=product.version, status=product.status, prices=prices)

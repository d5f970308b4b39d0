"""The category tree is changed by staff."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from backend.catalog.domain.error import CategoryInUse
from backend.catalog.domain.tree import CategoryFacts
from backend.catalog.events import CategoryChanged
from backend.catalog.repository.category import CategoryRepository
from backend.catalog.repository.product import ProductRepository
from backend.catalog.service.showing import show_category
from kit.cache.hot import HotCache
from kit.domain.clock import utc_now
from kit.domain.version import check_version
from kit.event.outbox import add_event, enqueue
from kit.service.transaction import after_commit, transactional


class Categories:
    """Adds, changes and archives. Every change locks the tree, so that two moves cannot make a circle together."""

    def __init__(
        self,
        categories: CategoryRepository,
        products: ProductRepository,
        cache: HotCache,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.categories = categories
        self.products = products
        self.cache = cache
        self.clock = clock

    @transactional
    def add(self, facts: CategoryFacts) -> int:
        """The new one's id. Raises `CategoryNotFound`, `CategoryTooDeep`, `CategoryNameTaken`, `UnknownMedia`."""
        category = self.categories.locked_tree().add(facts)
        self.categories.add(category)
        self.categories.write(name=facts.name)
        show_category(category.id, facts.image_url)
        after_commit(self.cache.forget)
        return category.id

    @transactional
    def change(self, category_id: int, facts: CategoryFacts, *, version: int | None = None) -> None:
        """Raises as `add` does, `CategoryInsideItself`, `StaleVersion`. After a move a task lists its products anew."""
        tree = self.categories.locked_tree()
        category = tree.of_id(category_id)
        check_version(category, version)
        before = (category.name, category.parent_id)
        tree.change(category, facts)
        if (category.name, category.parent_id) != before:
            add_event(CategoryChanged(category_id=category_id), at=self.clock())
        if category.parent_id != before[1]:
            enqueue("catalog.relist_category", category_id=category_id)
        self.categories.write(name=facts.name)
        show_category(category_id, facts.image_url)
        after_commit(self.cache.forget)

    @transactional
    def archive(self, category_id: int, *, version: int | None = None, now: datetime) -> None:
        """Raises `CategoryInUse` while it has live children or products, `StaleVersion`."""
        tree = self.categories.locked_tree()
        category = tree.of_id(category_id)
        check_version(category, version)
        tree.check_childless(category)
        if self.products.any_in_category(category_id):
            raise CategoryInUse
        category.archive(at=now)
        after_commit(self.cache.forget)

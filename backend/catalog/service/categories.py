"""The category tree is changed by staff."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from backend.catalog.domain.error import CategoryInUse
from backend.catalog.repository.category import CategoryRepository
from backend.catalog.repository.product import ProductRepository
from kit.cache.hot import HotCache
from kit.event.outbox import enqueue
from kit.service.transaction import after_commit, transactional


@dataclass(frozen=True, kw_only=True)
class CategoryFacts:
    """What staff say about a category; `parent_id` None: a root."""

    name: str
    parent_id: int | None = None
    sort_order: int = 0
    image_url: str = ""


class Categories:
    """Adds, changes and archives. Every change locks the tree, so that two moves cannot make a circle together."""

    def __init__(self, categories: CategoryRepository, products: ProductRepository, cache: HotCache) -> None:
        self.categories = categories
        self.products = products
        self.cache = cache

    @transactional
    def add(self, facts: CategoryFacts) -> int:
        """The id of the new category. Raises `CategoryNotFound`, `CategoryTooDeep`, `CategoryNameTaken`."""
        category = self.categories.locked_tree().add(**asdict(facts))
        self.categories.add(category)
        self.categories.write(name=facts.name)
        after_commit(self.cache.forget)
        return category.id

    @transactional
    def change(self, category_id: int, facts: CategoryFacts) -> None:
        """Raises as `add` does, and `CategoryInsideItself`. After a move a task lists its products anew."""
        tree = self.categories.locked_tree()
        category = tree.of_id(category_id)
        before = category.parent_id
        tree.change(category, **asdict(facts))
        self.categories.write(name=facts.name)
        if category.parent_id != before:
            enqueue("catalog.relist_category", category_id=category_id)
        after_commit(self.cache.forget)

    @transactional
    def archive(self, category_id: int, *, now: datetime) -> None:
        """Raises `CategoryInUse` while it has live children or products."""
        tree = self.categories.locked_tree()
        category = tree.of_id(category_id)
        tree.check_childless(category)
        if self.products.any_in_category(category_id):
            raise CategoryInUse
        category.archive(at=now)
        after_commit(self.cache.forget)

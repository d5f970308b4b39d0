"""The category tree is changed by staff."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from backend.catalog.domain.error import CategoryInUse
from backend.catalog.events import CategoryChanged
from backend.catalog.repository.category import CategoryRepository
from backend.catalog.repository.product import ProductRepository
from backend.catalog.service.showing import show_category
from kit.cache.hot import HotCache
from kit.domain.clock import utc_now
from kit.event.outbox import add_event
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
        category = self.categories.locked_tree().add(**asdict(facts))
        self.categories.add(category)
        self.categories.write(name=facts.name)
        show_category(category.id, facts.image_url)
        after_commit(self.cache.forget)
        return category.id

    @transactional
    def change(self, category_id: int, facts: CategoryFacts) -> None:
        """Raises as `add` does, and `CategoryInsideItself`."""
        tree = self.categories.locked_tree()
        category = tree.of_id(category_id)
        before = (category.name, category.parent_id)
        tree.change(category, **asdict(facts))
        if (category.name, category.parent_id) != before:
            add_event(CategoryChanged(category_id=category_id), at=self.clock())
        self.categories.write(name=facts.name)
        show_category(category_id, facts.image_url)
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

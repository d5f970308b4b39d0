"""The tree of live categories as a whole: it is small, and its rules are about neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backend.catalog.domain.category import Category, live_key
from backend.catalog.domain.error import (
    CategoryInsideItself,
    CategoryInUse,
    CategoryNameTaken,
    CategoryNotFound,
    CategoryTooDeep,
)
from backend.catalog.domain.said import UNSAID, Unsaid, take_said
from kit.domain.identity import new_id

MAX_LEVELS = 3


@dataclass(frozen=True, kw_only=True)
class CategoryFacts:
    """What staff say about a category; `parent_id` None: a root; UNSAID: stays as it is."""

    name: str
    parent_id: int | None = None
    sort_order: int = 0
    image_url: str = ""
    shown: bool | Unsaid = UNSAID


def subtree_ids(parents: Mapping[int, int | None], root_id: int) -> list[int]:
    """`root_id` and everything below it, where `parents` maps a category to its parent."""
    found, level = [root_id], {root_id}
    while level:
        level = {child for child, parent in parents.items() if parent in level}
        found.extend(sorted(level))
    return found


def shown_ids(nodes: Mapping[int, tuple[int | None, bool]]) -> set[int]:
    """Those that customers see, where `nodes` maps a category to its parent and whether it is shown itself."""
    found = set[int]()
    level = {key for key, (parent, shown) in nodes.items() if shown and parent is None}
    while level:
        found |= level
        level = {key for key, (parent, shown) in nodes.items() if shown and parent in level}
    return found


class CategoryTree:
    """All live categories; the repository locks them while the tree changes."""

    def __init__(self, categories: Iterable[Category]) -> None:
        self._by_id = {category.id: category for category in categories}

    def of_id(self, category_id: int) -> Category:
        """The live category. Raises `CategoryNotFound`."""
        try:
            return self._by_id[category_id]
        except KeyError:
            raise CategoryNotFound(errors={"category_id": [str(category_id)]}) from None

    def add(self, facts: CategoryFacts) -> Category:
        """A new category. Raises `CategoryNotFound`, `CategoryTooDeep`, `CategoryNameTaken`."""
        if self._depth(facts.parent_id) + 1 > MAX_LEVELS:
            raise CategoryTooDeep(levels=MAX_LEVELS)
        category = Category(id=new_id(), shown=True)
        self._place(category, facts)
        self._by_id[category.id] = category
        return category

    def change(self, category: Category, facts: CategoryFacts) -> None:
        """Rename, move, reorder, show or hide. Raises as `add` does, and `CategoryInsideItself`."""
        below = subtree_ids({key: item.parent_id for key, item in self._by_id.items()}, category.id)
        if facts.parent_id in below:
            raise CategoryInsideItself
        height = max(self._depth(item) for item in below) - self._depth(category.id) + 1
        if self._depth(facts.parent_id) + height > MAX_LEVELS:
            raise CategoryTooDeep(levels=MAX_LEVELS)
        self._place(category, facts)

    def check_childless(self, category: Category) -> None:
        """Raises `CategoryInUse`."""
        if any(item.parent_id == category.id for item in self._by_id.values()):
            raise CategoryInUse

    def grow(self, path: Sequence[str]) -> tuple[Category, list[Category]]:
        """The category at ``["居家", "被枕"]``, and those that had to be added behind their siblings, parents first."""
        fresh: list[Category] = []
        category: Category | None = None
        for name in path:
            parent_id = category.id if category else None
            category = self._child(parent_id, name)
            if category is None:
                last = max((item.sort_order for item in self._by_id.values() if item.parent_id == parent_id), default=0)
                category = self.add(CategoryFacts(name=name, parent_id=parent_id, sort_order=last + 1))
                fresh.append(category)
        if category is None:
            raise CategoryNotFound
        return category, fresh

    def path(self, category_id: int) -> tuple[str, ...]:
        """The names from the root: ``("居家", "被枕")``. Raises `CategoryNotFound`."""
        category = self.of_id(category_id)
        above = () if category.parent_id is None else self.path(category.parent_id)
        return (*above, category.name)

    def _child(self, parent_id: int | None, name: str) -> Category | None:
        key = live_key(parent_id, name)
        return next((item for item in self._by_id.values() if item.live_key == key), None)

    def _depth(self, category_id: int | None) -> int:
        depth = 0
        while category_id is not None:
            depth, category_id = depth + 1, self.of_id(category_id).parent_id
        return depth

    def _place(self, category: Category, facts: CategoryFacts) -> None:
        namesake = self._child(facts.parent_id, facts.name)
        if namesake is not None and namesake is not category:
            raise CategoryNameTaken(name=facts.name)
        take_said(category, facts)
        category.live_key = live_key(facts.parent_id, facts.name)

"""The ids behind what a sheet calls by name: categories, brands and tags; unknown names become new ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from backend.catalog.domain.brand import Brand
from backend.catalog.domain.category import Category
from backend.catalog.domain.facts import ProductFacts
from backend.catalog.domain.naming import name_key
from backend.catalog.domain.said import UNSAID
from backend.catalog.domain.tag import Tag
from backend.catalog.domain.tree import CategoryTree
from backend.catalog.repository.brand import BrandRepository
from backend.catalog.repository.category import CategoryRepository
from backend.catalog.repository.tag import TagRepository
from backend.catalog.service.importing.products import ListedProduct

Path = tuple[str, ...]


@dataclass(frozen=True)
class Names:
    """For some listed products: what their names stand for, and which of it is new (by its key)."""

    tree: CategoryTree
    categories: Mapping[Path, int]
    brands: Mapping[str, Brand]
    tags: Mapping[str, Tag]
    fresh_categories: Sequence[Category] = ()
    fresh_brands: frozenset[str] = frozenset()
    fresh_tags: Sequence[Tag] = field(default=())

    def facts(self, listed: ListedProduct) -> ProductFacts:
        """With the brand's name as it is written: a sheet that spells it in small letters changes nothing."""
        brand = self.brands.get(listed.described["brand"])
        named = {} if brand is None else {"brand": brand.name, "brand_id": brand.id}
        tag_ids = UNSAID if listed.tags is None else frozenset(self.tags[name].id for name in listed.tags)
        described = listed.described | named
        return ProductFacts(category_id=self.categories[listed.category], tag_ids=tag_ids, **described)


class SheetNaming:
    """Call it in a use case; the tree of categories is locked until its end."""

    def __init__(self, categories: CategoryRepository, brands: BrandRepository, tags: TagRepository) -> None:
        self.categories = categories
        self.brands = brands
        self.tags = tags

    def look_up(self, listed: Sequence[ListedProduct]) -> Names:
        """Find them; what is new is made, not written."""
        tree = self.categories.locked_tree()
        paths: dict[Path, int] = {}
        fresh: list[Category] = []
        for path in dict.fromkeys(entry.category for entry in listed):
            category, added = tree.grow(path)
            paths[path] = category.id
            fresh.extend(added)
        called = _brands(listed)
        brands = self.brands.known(called)
        tags = self.tags.called({name for entry in listed for name in entry.tags or ()})
        unwritten = {tag.id: tag for tag in tags.values() if tag not in self.tags.session}
        return Names(
            tree=tree,
            categories=paths,
            brands=brands,
            tags=tags,
            fresh_categories=fresh,
            fresh_brands=frozenset(name_key(name) for name in called - brands.keys()),
            fresh_tags=list(unwritten.values()),
        )

    def write(self, listed: Sequence[ListedProduct], names: Names) -> Names:
        """Write what is new: products point at it by id alone, so it must be there first."""
        self.categories.add_all(names.fresh_categories)
        self.tags.add_all(names.fresh_tags)
        self.categories.flush()
        brands = self.brands.called(_brands(listed))
        return Names(tree=names.tree, categories=names.categories, brands=brands, tags=names.tags)


def _brands(listed: Sequence[ListedProduct]) -> set[str]:
    return {entry.described["brand"] for entry in listed} - {""}

"""The category tree, loaded for change."""

from __future__ import annotations

from sqlalchemy import select

from backend.catalog.domain.category import Category
from backend.catalog.domain.error import CategoryNameTaken, CategoryNotFound
from backend.catalog.domain.tree import CategoryTree
from kit.db.error import duplicate_is
from kit.repository.base import Repository


class CategoryRepository(Repository[Category]):
    """Categories are few; whoever changes the tree locks all of it, in order of id."""

    entity = Category

    def locked_tree(self) -> CategoryTree:
        """All live categories, until the commit nobody else's to change or to put products into."""
        query = select(Category).where(Category.archived_at.is_(None)).order_by(Category.id).with_for_update()
        return CategoryTree(self.all(query.execution_options(populate_existing=True)))

    def tree(self) -> CategoryTree:
        """All live categories, to look at."""
        return CategoryTree(self.all(select(Category).where(Category.archived_at.is_(None))))

    def hold_live(self, category_id: int) -> None:
        """Keep the category from being archived until the commit. Raises `CategoryNotFound`."""
        query = select(Category.id).where(Category.id == category_id, Category.archived_at.is_(None))
        if self.session.scalar(query.with_for_update(read=True)) is None:
            raise CategoryNotFound(errors={"category_id": [str(category_id)]})

    def write(self, *, name: str) -> None:
        """Flush; two who add the first child `name` at once lock nothing in common. Raises `CategoryNameTaken`."""
        with duplicate_is(CategoryNameTaken(name=name)):
            self.flush()

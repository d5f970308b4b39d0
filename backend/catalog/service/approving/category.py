"""The category tree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from backend.approval import facade as approval
from backend.catalog.domain.category import Category
from backend.catalog.domain.error import CategoryNotFound
from backend.catalog.domain.payload import category_facts
from backend.catalog.domain.said import UNSAID
from backend.catalog.domain.tree import CategoryFacts, CategoryTree
from backend.catalog.repository.category import CategoryRepository
from backend.catalog.service.approving import actions
from backend.catalog.service.approving.action import Action
from backend.catalog.service.approving.wording import change, changed, plain
from backend.catalog.service.categories import Categories

_ROOT = "（根目录 top level）"


class CategoryAction(Action):
    """Of one category; its payload is what `category_payload` makes of the facts."""

    def __init__(self, tree: CategoryRepository, categories: Categories) -> None:
        self.tree = tree
        self.categories = categories

    def version(self, subject: str, payload: Any) -> int | None:
        """Held with the whole tree, as every change of it does."""
        try:
            return self.tree.locked_tree().of_id(id_of(subject)).version
        except CategoryNotFound:
            return None

    def title(self, subject: str, payload: Any) -> str:
        return "/".join(self.tree.tree().path(id_of(subject)))


class CreateCategory(CategoryAction):
    """The subject is the place below which it comes."""

    action = actions.CATEGORY_CREATE
    zh = "新增分类"
    en = "Add a category"

    def version(self, subject: str, payload: Any) -> int | None:
        """Nothing is there yet that could move on; a name taken meanwhile is refused when it is applied."""
        return 0

    def title(self, subject: str, payload: Any) -> str:
        return "/".join((*_above(self.tree.tree(), category_facts(payload)), payload["name"]))

    def diff(self, subject: str, payload: Any) -> Sequence[approval.Change]:
        return changed(_lines(self.tree.tree(), None, category_facts(payload)))

    def apply(self, subject: str, payload: Any, mandate: approval.Mandate, now: datetime) -> int:
        return self.categories.add(category_facts(payload))


class UpdateCategory(CategoryAction):
    """Rename, move, reorder, show or hide."""

    action = actions.CATEGORY_UPDATE
    zh = "修改分类"
    en = "Change a category"

    def diff(self, subject: str, payload: Any) -> Sequence[approval.Change]:
        tree = self.tree.tree()
        return changed(_lines(tree, tree.of_id(id_of(subject)), category_facts(payload)))

    def apply(self, subject: str, payload: Any, mandate: approval.Mandate, now: datetime) -> None:
        self.categories.change(id_of(subject), category_facts(payload))


class DeleteCategory(CategoryAction):
    """Archived; the payload is empty."""

    action = actions.CATEGORY_DELETE
    zh = "删除分类"
    en = "Delete a category"

    def diff(self, subject: str, payload: Any) -> Sequence[approval.Change]:
        return [change("category", "分类", "Category", self.title(subject, payload), None)]

    def apply(self, subject: str, payload: Any, mandate: approval.Mandate, now: datetime) -> None:
        self.categories.archive(id_of(subject), now=now)


def id_of(subject: str) -> int:
    """``category:123`` → 123."""
    return int(subject.removeprefix("category:"))


def _lines(tree: CategoryTree, old: Category | None, facts: CategoryFacts) -> list[approval.Change]:
    lines = [
        change("name", "名称", "Name", None if old is None else old.name, facts.name),
        change(
            "parent",
            "上级分类",
            "Parent",
            None if old is None else _place(tree, old),
            "/".join(_above(tree, facts)) or _ROOT,
        ),
        change("sort_order", "排序", "Order", None if old is None else str(old.sort_order), str(facts.sort_order)),
        change("image_url", "图片", "Image", None if old is None else plain(old.image_url), plain(facts.image_url)),
    ]
    if facts.shown is not UNSAID:
        lines.append(change("shown", "显示", "Shown", None if old is None else _yes(old.shown), _yes(facts.shown)))
    return lines


def _above(tree: CategoryTree, facts: CategoryFacts) -> tuple[str, ...]:
    return () if facts.parent_id is None else tree.path(facts.parent_id)


def _place(tree: CategoryTree, category: Category) -> str:
    return "/".join(tree.path(category.id)[:-1]) or _ROOT


def _yes(value: bool) -> str:
    return "是 yes" if value else "否 no"

"""The category tree keeps its shape."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backend.catalog.domain.category import Category
from backend.catalog.domain.error import (
    CategoryInsideItself,
    CategoryInUse,
    CategoryNameTaken,
    CategoryNotFound,
    CategoryTooDeep,
)
from backend.catalog.domain.tree import CategoryFacts, CategoryTree, subtree_ids


def add(tree: CategoryTree, name: str, parent: Category | None = None) -> Category:
    return tree.add(CategoryFacts(name=name, parent_id=parent.id if parent else None))


def move(tree: CategoryTree, category: Category, parent: Category | None, name: str | None = None) -> None:
    tree.change(category, CategoryFacts(name=name or category.name, parent_id=parent.id if parent else None))


def test_three_levels_and_no_more() -> None:
    tree = CategoryTree([])
    third = add(tree, "苹果", add(tree, "水果", add(tree, "生鲜")))
    with pytest.raises(CategoryTooDeep):
        add(tree, "红富士", third)


def test_siblings_have_different_names_whatever_their_case() -> None:
    tree = CategoryTree([])
    root, other = add(tree, "Tea"), add(tree, "茶")
    with pytest.raises(CategoryNameTaken):
        add(tree, "TEA")
    assert add(tree, "Tea", root).name == "Tea"
    with pytest.raises(CategoryNameTaken):
        move(tree, other, None, "tea")


def test_an_archived_category_gives_its_name_back() -> None:
    tree = CategoryTree([])
    old = add(tree, "茶")
    old.archive(at=datetime(2026, 11, 20, tzinfo=UTC))
    assert old.live_key is None
    assert add(tree, "茶").live_key is not None


def test_a_category_does_not_move_below_itself() -> None:
    tree = CategoryTree([])
    root = add(tree, "生鲜")
    child = add(tree, "水果", root)
    for target in (root, child):
        with pytest.raises(CategoryInsideItself):
            move(tree, root, target)


def test_a_move_takes_the_whole_subtree_into_account() -> None:
    tree = CategoryTree([])
    fresh, home = add(tree, "生鲜"), add(tree, "居家")
    fruit = add(tree, "水果", fresh)
    add(tree, "苹果", fruit)
    move(tree, fruit, home)
    assert fruit.parent_id == home.id
    with pytest.raises(CategoryTooDeep):
        move(tree, home, fresh)


def test_only_a_childless_category_may_go() -> None:
    tree = CategoryTree([])
    root = add(tree, "生鲜")
    child = add(tree, "水果", root)
    tree.check_childless(child)
    with pytest.raises(CategoryInUse):
        tree.check_childless(root)


def test_a_path_grows_only_what_is_missing() -> None:
    tree = CategoryTree([])
    leaf, fresh = tree.grow(("居家", "被枕"))
    assert [category.name for category in fresh] == ["居家", "被枕"]
    assert tree.grow(("居家", "被枕")) == (leaf, [])
    second, fresh = tree.grow(("居家", "夏凉"))
    assert (second.parent_id, second.sort_order, len(fresh)) == (leaf.parent_id, 2, 1)


def test_unknown_parents_and_subtrees() -> None:
    with pytest.raises(CategoryNotFound):
        CategoryTree([]).add(CategoryFacts(name="水果", parent_id=99))
    assert subtree_ids({1: None, 2: 1, 3: 2, 4: None}, 1) == [1, 2, 3]

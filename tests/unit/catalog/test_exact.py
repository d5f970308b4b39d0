"""What an export writes into a cell, an import reads back: for every value, and never as a formula."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from backend.catalog.domain.spec import NamedValue, Spec, as_json
from backend.catalog.service.importing import compound
from backend.catalog.service.importing.columns import BY_NAME, Shown
from kit.export.cell import original_text, reversible_text

_SIGNS = st.characters(exclude_categories=("Cs", "Cc"))
_AWKWARD = st.sampled_from([*"=+-@＝＋－＠';:/[]\"\\ ", "\u200b", "\ufeff", "\t", "\n"])
TEXT = st.text(_SIGNS | _AWKWARD, max_size=12)


def line(longest: int) -> Any:
    return (
        st.text(_SIGNS | st.sampled_from(list("=+-@＝';:/[]\"")), min_size=1, max_size=longest)
        .map(str.strip)
        .filter(bool)
    )


@given(TEXT)
def test_a_text_comes_back_and_is_no_formula(text: str) -> None:
    cell = reversible_text(text)
    assert original_text(cell) == text
    visible = cell.lstrip("\u200b\ufeff ").lstrip()
    assert not visible.startswith(tuple("=+-@＝＋－＠"))


@given(TEXT)
def test_an_apostrophe_is_taken_only_where_one_was_put(text: str) -> None:
    assert original_text(text) in (text, text[1:])
    assert reversible_text(original_text(text)) == text or not text.startswith("'")


def shown(**facts: Any) -> Shown:
    product: Any = SimpleNamespace(parameters=facts.get("parameters", []))
    sku: Any = SimpleNamespace(spec=facts.get("spec", []))
    return Shown(product=product, sku=sku, category=facts.get("category", ()), tags=facts.get("tags", ()))


def back(name: str, row: Shown) -> Any:
    column = BY_NAME[name]
    return column.parse(column.show(row))


PAIRS = st.lists(st.builds(NamedValue, line(20), line(20)), min_size=1, max_size=4, unique_by=lambda pair: pair.name)


@given(PAIRS)
def test_every_spec_comes_back(pairs: list[NamedValue]) -> None:
    spec = Spec(tuple(pairs))
    assert back("SKU规格", shown(spec=as_json(spec.pairs))) == spec


@given(st.lists(st.builds(NamedValue, line(20), st.just("") | line(20)), max_size=4))
def test_all_parameters_come_back(pairs: list[NamedValue]) -> None:
    assert back("商品参数", shown(parameters=as_json(pairs))) == tuple(pairs)


@given(st.lists(line(20), min_size=1, max_size=3))
def test_every_path_of_categories_comes_back(names: list[str]) -> None:
    assert back("类目", shown(category=tuple(names))) == tuple(names)


@given(st.frozensets(line(20), max_size=4))
def test_all_tags_come_back(names: frozenset[str]) -> None:
    assert back("标签", shown(tags=tuple(names))) == names


def test_people_write_short_forms() -> None:
    assert BY_NAME["类目"].show(shown(category=("居家", "被枕"))) == "居家/被枕"
    assert BY_NAME["标签"].show(shown(tags=("热卖", "新品"))) == "新品;热卖"
    assert BY_NAME["类目"].show(shown(category=("食品/饮料",))) == '["食品/饮料"]'
    assert compound.category('["食品/饮料","茶"]') == ("食品/饮料", "茶")

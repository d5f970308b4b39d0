"""Specs tell the SKUs of a product apart."""

from __future__ import annotations

import pytest

from backend.catalog.domain.error import SpecMalformed
from backend.catalog.domain.spec import NamedValue, Spec, as_json, from_json

SIZE, TASTE = NamedValue("规格", "500g"), NamedValue("口味", "原味")


def test_the_text_keeps_the_order_and_the_key_does_not_care() -> None:
    one, other = Spec((SIZE, TASTE)), Spec((TASTE, SIZE))
    assert one.text == "规格:500g;口味:原味"
    assert other.text == "口味:原味;规格:500g"
    assert one.key == other.key


def test_specs_with_other_values_have_other_keys() -> None:
    assert Spec((SIZE,)).key != Spec((NamedValue("规格", "1kg"),)).key
    assert Spec((NamedValue("a", "b;c:d"),)).key != Spec((NamedValue("a", "b"), NamedValue("c", "d"))).key


@pytest.mark.parametrize("pairs", [(), (SIZE, NamedValue("规格", "1kg"))])
def test_an_empty_spec_and_a_repeated_name_are_refused(pairs: tuple[NamedValue, ...]) -> None:
    with pytest.raises(SpecMalformed):
        Spec(pairs)


def test_pairs_survive_the_database_in_order() -> None:
    stored = as_json((TASTE, SIZE))
    assert stored == [{"name": "口味", "value": "原味"}, {"name": "规格", "value": "500g"}]
    assert from_json(stored) == (TASTE, SIZE)

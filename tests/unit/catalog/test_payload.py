"""What was said survives JSON; what was not said stays unsaid."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from backend.catalog.domain.facts import ProductFacts, SkuFacts, SkuLine
from backend.catalog.domain.payload import (
    category_facts,
    category_payload,
    price_rule,
    product_facts,
    product_payload,
    rule_payload,
)
from backend.catalog.domain.pricing import PriceRule, PriceRuleKind, Rounding
from backend.catalog.domain.said import UNSAID
from backend.catalog.domain.spec import NamedValue, Spec
from backend.catalog.domain.tree import CategoryFacts

IDS = st.integers(1, 2**63 - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=9)
FEN = st.integers(0, 10**10)
PAIRS = st.lists(st.builds(NamedValue, TEXTS, TEXTS), min_size=1, max_size=3, unique_by=lambda pair: pair.name)


def maybe(*kinds: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """Also nothing at all."""
    return st.one_of(st.just(UNSAID), *kinds)


FACTS = st.builds(
    ProductFacts,
    category_id=IDS,
    title=TEXTS,
    brand=TEXTS,
    brand_id=st.none() | IDS,
    gallery=st.lists(TEXTS, max_size=3).map(tuple),
    parameters=PAIRS.map(tuple),
    detail=maybe(TEXTS),
    video=maybe(TEXTS),
    origin=maybe(TEXTS),
    freight_class=maybe(TEXTS),
    sort_weight=maybe(st.integers(-9, 9)),
    tag_ids=maybe(st.frozensets(IDS, max_size=3)),
)
LINES = st.lists(
    st.builds(
        SkuLine,
        sku_id=st.none() | IDS,
        facts=st.builds(
            SkuFacts,
            spec=PAIRS.map(tuple).map(Spec),
            price_fen=FEN,
            list_price_fen=st.none() | FEN,
            image_url=st.none() | TEXTS,
            bar_code=maybe(st.none(), st.just("A-1")),
            weight_g=maybe(st.none(), st.integers(0, 9)),
            cost_fen=maybe(st.none(), FEN),
            order_limit=maybe(st.none(), st.integers(1, 9)),
        ),
    ),
    max_size=3,
)


@given(FACTS, LINES)
def test_products(facts: ProductFacts, lines: list[SkuLine]) -> None:
    assert product_facts(json.loads(json.dumps(product_payload(facts, lines)))) == (facts, lines)


@given(st.builds(CategoryFacts, name=TEXTS, parent_id=st.none() | IDS, shown=maybe(st.booleans())))
def test_categories(facts: CategoryFacts) -> None:
    assert category_facts(json.loads(json.dumps(category_payload(facts)))) == facts


@given(st.builds(PriceRule, kind=st.sampled_from(PriceRuleKind), value=FEN, rounding=st.sampled_from(Rounding)))
def test_price_rules(rule: PriceRule) -> None:
    assert price_rule(json.loads(json.dumps(rule_payload(rule)))) == rule


def test_what_was_not_said_is_not_there() -> None:
    payload = product_payload(ProductFacts(category_id=1, title="t"), [])
    assert "detail" not in payload
    assert "tag_ids" not in payload

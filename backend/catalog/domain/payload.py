"""What staff say about categories and products as JSON and back: what an approval keeps until somebody decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backend.catalog.domain.facts import ProductFacts, SkuFacts, SkuLine
from backend.catalog.domain.pricing import PriceRule, PriceRuleKind, Rounding
from backend.catalog.domain.said import said
from backend.catalog.domain.spec import Spec, as_json, from_json
from backend.catalog.domain.tree import CategoryFacts


def category_payload(facts: CategoryFacts) -> dict[str, Any]:
    """What was said; ids as strings, as everywhere in JSON."""
    return said(facts) | {"parent_id": _text(facts.parent_id)}


def category_facts(payload: dict[str, Any]) -> CategoryFacts:
    """The facts `category_payload` was made of."""
    return CategoryFacts(**payload | {"parent_id": _id(payload["parent_id"])})


def product_payload(facts: ProductFacts, lines: Sequence[SkuLine]) -> dict[str, Any]:
    """What was said of a product and its SKUs; what was not said is not there."""
    told = said(facts) | {
        "category_id": str(facts.category_id),
        "brand_id": _text(facts.brand_id),
        "gallery": list(facts.gallery),
        "parameters": as_json(facts.parameters),
    }
    if "tag_ids" in told:
        told["tag_ids"] = [str(tag_id) for tag_id in sorted(told["tag_ids"])]
    skus = [said(line.facts) | {"spec": as_json(line.facts.spec.pairs), "id": _text(line.sku_id)} for line in lines]
    return told | {"skus": skus}


def product_facts(payload: dict[str, Any]) -> tuple[ProductFacts, list[SkuLine]]:
    """The facts and lines `product_payload` was made of."""
    told = dict(payload)
    lines = [_line(sku) for sku in told.pop("skus")]
    ids: dict[str, Any] = {"category_id": int(told["category_id"]), "brand_id": _id(told["brand_id"])}
    if "tag_ids" in told:
        ids["tag_ids"] = frozenset(map(int, told["tag_ids"]))
    pairs = {"gallery": tuple(told["gallery"]), "parameters": from_json(told["parameters"])}
    return ProductFacts(**told | ids | pairs), lines


def rule_payload(rule: PriceRule) -> dict[str, Any]:
    """A price rule."""
    return {"kind": rule.kind.value, "value": rule.value, "rounding": rule.rounding.value}


def price_rule(payload: dict[str, Any]) -> PriceRule:
    """The rule `rule_payload` was made of."""
    return PriceRule(
        kind=PriceRuleKind(payload["kind"]), value=payload["value"], rounding=Rounding(payload["rounding"])
    )


def _line(sku: dict[str, Any]) -> SkuLine:
    told = dict(sku)
    sku_id = _id(told.pop("id"))
    return SkuLine(sku_id=sku_id, facts=SkuFacts(**told | {"spec": Spec(from_json(told["spec"]))}))


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def _id(text: str | None) -> int | None:
    return None if text is None else int(text)

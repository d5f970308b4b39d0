"""What staff or a spreadsheet say about a product, as values; `Product` takes them in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backend.catalog.domain.error import SpecNamesDiffer, SpecRepeated
from backend.catalog.domain.spec import NamedValue, Spec


@dataclass(frozen=True, kw_only=True)
class ProductFacts:
    """Everything about a product but its code, status and SKUs. Empty text: not given."""

    category_id: int
    title: str
    brand: str = ""
    selling_point: str = ""
    unit: str = ""
    image_url: str = ""
    gallery: tuple[str, ...] = ()
    parameters: tuple[NamedValue, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SkuFacts:
    """Everything about a SKU but its code and stock. The list price (划线价) may be anything, also below the price."""

    spec: Spec
    price_fen: int
    list_price_fen: int | None = None
    image_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class SkuLine:
    """One SKU of an edit; without `sku_id` it is new, or an archived one with this spec comes back."""

    facts: SkuFacts
    sku_id: int | None = None


def check_matrix(lines: Sequence[SkuLine]) -> None:
    """Raises `SpecRepeated` or `SpecNamesDiffer`: SKUs of one product differ in values of the same names."""
    seen: set[str] = set()
    for line in lines:
        spec = line.facts.spec
        if spec.names != lines[0].facts.spec.names:
            raise SpecNamesDiffer(text=spec.text)
        if spec.key in seen:
            raise SpecRepeated(text=spec.text)
        seen.add(spec.key)

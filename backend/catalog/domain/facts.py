"""What staff or a spreadsheet say about a product, as values; `Product` takes them in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backend.catalog.domain.barcode import check_bar_code
from backend.catalog.domain.error import SpecNamesDiffer, SpecRepeated, TooManyTags
from backend.catalog.domain.rich_text import clean_detail
from backend.catalog.domain.said import UNSAID, Unsaid
from backend.catalog.domain.spec import NamedValue, Spec
from backend.catalog.domain.tag import MAX_TAGS

MAX_GALLERY, MAX_PARAMETERS = 20, 60


@dataclass(frozen=True, kw_only=True)
class ProductFacts:
    """Everything about a product but its code, status and SKUs. Empty text: not given; UNSAID: stays as it is.

    `brand_id` wins over the name `brand`. The detail is clean from the start. Raises `DetailTooLong` or `TooManyTags`.
    """

    category_id: int
    title: str
    brand: str = ""
    selling_point: str = ""
    unit: str = ""
    image_url: str = ""
    gallery: tuple[str, ...] = ()
    parameters: tuple[NamedValue, ...] = ()
    brand_id: int | None = None
    detail: str | Unsaid = UNSAID
    video: str | Unsaid = UNSAID
    origin: str | Unsaid = UNSAID
    freight_class: str | Unsaid = UNSAID
    sort_weight: int | Unsaid = UNSAID
    tag_ids: frozenset[int] | Unsaid = UNSAID

    def __post_init__(self) -> None:
        if self.detail is not UNSAID:
            object.__setattr__(self, "detail", clean_detail(self.detail))
        if self.tag_ids is not UNSAID and len(self.tag_ids) > MAX_TAGS:
            raise TooManyTags(maximum=MAX_TAGS)


@dataclass(frozen=True, kw_only=True)
class SkuFacts:
    """Everything about a SKU but its code and stock. The list price (划线价) may be anything, also below the price.

    None: there is none; UNSAID: stays as it is. `image_url` None: the product's. `cost_fen` of one unit; `order_limit`
    units in one order (每单限购). Raises `BarCodeWrong`.
    """

    spec: Spec
    price_fen: int
    list_price_fen: int | None = None
    image_url: str | Unsaid | None = UNSAID
    bar_code: str | Unsaid | None = UNSAID
    weight_g: int | Unsaid | None = UNSAID
    cost_fen: int | Unsaid | None = UNSAID
    order_limit: int | Unsaid | None = UNSAID

    def __post_init__(self) -> None:
        if self.bar_code is not UNSAID and self.bar_code is not None:
            check_bar_code(self.bar_code)


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

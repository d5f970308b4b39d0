"""What an edit makes of a product, line by line; of a new one the old side is empty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from backend.approval import facade as approval
from backend.catalog.domain.facts import ProductFacts, SkuFacts, SkuLine
from backend.catalog.domain.said import UNSAID
from backend.catalog.domain.sku import Sku
from backend.catalog.repository.brand import BrandRepository
from backend.catalog.repository.category import CategoryRepository
from backend.catalog.repository.tag import TagRepository
from backend.catalog.service.approving.wording import (
    change,
    changed,
    listed,
    pairs,
    path_of,
    plain,
    repriced,
    rich,
    yuan,
)

# Field of the facts: its names, and how its value is shown. Category, brand and tags are names of other things.
_FIELDS: dict[str, tuple[str, str, Callable[[Any], str | None]]] = {
    "title": ("标题", "Title", plain),
    "selling_point": ("卖点", "Selling point", plain),
    "unit": ("单位", "Unit", plain),
    "image_url": ("主图", "Image", plain),
    "gallery": ("图集", "Gallery", listed),
    "video": ("视频", "Video", plain),
    "parameters": ("参数", "Parameters", pairs),
    "detail": ("图文详情", "Detail", rich),
    "origin": ("产地", "Origin", plain),
    "freight_class": ("运费类别", "Freight class", plain),
    "sort_weight": ("排序权重", "Sort weight", plain),
}
_SKU_FIELDS: dict[str, tuple[str, str, Callable[[Any], str | None]]] = {
    "list_price_fen": ("划线价（元）", "list price (yuan)", yuan),
    "cost_fen": ("成本价（元）", "cost (yuan)", yuan),
    "bar_code": ("条形码", "bar code", plain),
    "weight_g": ("重量（克）", "weight (g)", plain),
    "order_limit": ("每单限购", "units per order", plain),
    "image_url": ("图片", "image", plain),
}


class ProductDiff:
    """Looks names up; a fixed number of statements."""

    def __init__(self, categories: CategoryRepository, brands: BrandRepository, tags: TagRepository) -> None:
        self.categories = categories
        self.brands = brands
        self.tags = tags

    def of(
        self, old: ProductFacts | None, skus: Sequence[Sku], new: ProductFacts, lines: Sequence[SkuLine]
    ) -> list[approval.Change]:
        """`skus`: those that are live now."""
        return changed([*self._names(old, new), *_product(old, new), *_skus(skus, lines)])

    def _names(self, old: ProductFacts | None, new: ProductFacts) -> list[approval.Change]:
        tree = self.categories.tree()
        before = None if old is None else path_of(tree, old.category_id)
        found = [
            change("category", "分类", "Category", before, "/".join(tree.path(new.category_id))),
            change("brand", "品牌", "Brand", None if old is None else plain(old.brand), plain(self._brand(new))),
        ]
        if new.tag_ids is not UNSAID:
            had = frozenset() if old is None or old.tag_ids is UNSAID else old.tag_ids
            names = self.tags.names(had | new.tag_ids)
            sides = [listed(sorted(names[one] for one in ids if one in names)) for ids in (had, new.tag_ids)]
            found.append(change("tags", "标签", "Tags", *sides))
        return found

    def _brand(self, facts: ProductFacts) -> str:
        if facts.brand_id is None:
            return facts.brand
        brand = self.brands.by_id(facts.brand_id)
        return brand.name if brand else facts.brand


def _product(old: ProductFacts | None, new: ProductFacts) -> list[approval.Change]:
    found = []
    for name, (zh, en, show) in _FIELDS.items():
        value = getattr(new, name)
        before = UNSAID if old is None else getattr(old, name)
        if value is not UNSAID:
            found.append(change(name, zh, en, None if before is UNSAID else show(before), show(value)))
    return found


def _skus(skus: Sequence[Sku], lines: Sequence[SkuLine]) -> list[approval.Change]:
    left_over = {sku.id: sku for sku in skus}
    found: list[approval.Change] = []
    for line in lines:
        sku = left_over.pop(line.sku_id, None) if line.sku_id is not None else None
        found += _sku(sku, line.facts)
    found += [
        change(f"sku.{sku.code}", f"SKU {sku.spec_text}", f"SKU {sku.spec_text}", yuan(sku.price_fen), None)
        for sku in left_over.values()
    ]
    return found


def _sku(sku: Sku | None, facts: SkuFacts) -> list[approval.Change]:
    text, key = facts.spec.text, sku.code if sku else facts.spec.text
    price = yuan(facts.price_fen) if sku is None else repriced(sku.price_fen, facts.price_fen)
    found = [
        change(
            f"price_fen.{key}",
            f"{text} 售价（元）",
            f"{text}, price (yuan)",
            None if sku is None else yuan(sku.price_fen),
            price,
        )
    ]
    if sku is not None:
        found.append(change(f"spec.{key}", "规格", "Spec", sku.spec_text, text))
    for name, (zh, en, show) in _SKU_FIELDS.items():
        value = getattr(facts, name)
        if value is not UNSAID:
            before = None if sku is None else show(getattr(sku, name))
            found.append(change(f"{name}.{key}", f"{text} {zh}", f"{text}, {en}", before, show(value)))
    return found

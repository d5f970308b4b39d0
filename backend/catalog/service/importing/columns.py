"""The columns of a catalogue sheet: one line each says how a cell is read, what it is about, and how it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from backend.catalog.domain.product import Product
from backend.catalog.domain.sku import MAX_ORDER_LIMIT, Sku
from backend.catalog.domain.spec import Spec, from_json
from backend.catalog.domain.status import ProductStatus
from backend.catalog.service.importing import cells, compound
from backend.catalog.service.importing.exact import exactly
from backend.catalog.service.importing.long_text import headings, joined, split
from backend.catalog.service.zone import SHOP_ZONE
from kit.domain.money import yuan_text


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A SKU with its product, as a row: `stock` are the units that could be sold now. None: the product has no SKU."""

    product: Product
    sku: Sku | None
    category: tuple[str, ...]
    stock: int = 0
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Column:
    """`fact` names the field of the product's or SKU's facts it fills; None: it is handled apart.

    An optional column may be missing: then nothing is said about it. One that is there and empty says "none".
    `parts`: how many cells its longest text takes.
    """

    name: str
    parse: cells.Parse
    show: Callable[[Shown], str]
    fact: str | None = None
    of_sku: bool = False
    optional: bool = False
    parts: int = 1

    @property
    def headings(self) -> list[str]:
        """Of its columns in a file; the first is its name."""
        return headings(self.name, self.parts)

    def cells(self, shown: Shown) -> list[str]:
        """As many as it has headings."""
        return split(self.show(shown), self.parts) if self.parts > 1 else [self.show(shown)]


def _of_sku(show: Callable[[Sku], str]) -> Callable[[Shown], str]:
    return lambda row: "" if row.sku is None else show(row.sku)


def _yuan(fen: int | None) -> str:
    return "" if fen is None else yuan_text(fen)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _category(shown: Shown) -> str:
    return exactly(shown.category, "/".join(shown.category), compound.category, list(shown.category))


def _spec(sku: Sku) -> str:
    spec = Spec(from_json(sku.spec))
    return exactly(spec, spec.text, compound.spec, [list(pair) for pair in spec.pairs])


def _parameters(shown: Shown) -> str:
    pairs = from_json(shown.product.parameters)
    short = ";".join(f"{name}:{value}" for name, value in pairs)
    return exactly(pairs, short, compound.parameters, [list(pair) for pair in pairs])


def _tags(shown: Shown) -> str:
    tags = frozenset(shown.tags)
    return exactly(tags, ";".join(sorted(tags)), compound.tags, sorted(tags))


def _stock(shown: Shown) -> str:
    return "" if shown.sku is None else str(min(shown.stock, cells.MAX_STOCK))


def _moment(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(SHOP_ZONE).isoformat()


def _on_sale(shown: Shown) -> str:
    return "是" if shown.product.status is ProductStatus.ON_SALE else "否"


CODE = Column(name="商品编号", parse=cells.code, show=lambda row: row.product.code)
TITLE = Column(name="商品名称", parse=cells.line(200, required=True), fact="title", show=lambda row: row.product.title)
CATEGORY = Column(name="类目", parse=compound.category, show=_category)
BRAND = Column(name="品牌", parse=cells.line(60), fact="brand", show=lambda row: row.product.brand)
SELLING_POINT = Column(
    name="卖点", parse=cells.line(200), fact="selling_point", show=lambda row: row.product.selling_point
)
UNIT = Column(name="单位", parse=cells.line(20), fact="unit", show=lambda row: row.product.unit)
SPEC = Column(name="SKU规格", parse=compound.spec, fact="spec", of_sku=True, show=_of_sku(_spec))
PRICE = Column(
    name="售价(元)", parse=cells.yuan, fact="price_fen", of_sku=True, show=_of_sku(lambda sku: _yuan(sku.price_fen))
)
LIST_PRICE = Column(
    name="划线价(元)",
    parse=cells.optional(cells.yuan),
    fact="list_price_fen",
    of_sku=True,
    show=_of_sku(lambda sku: _yuan(sku.list_price_fen)),
)
STOCK = Column(name="库存", parse=cells.stock, of_sku=True, show=_stock)
ON_SALE = Column(name="是否上架", parse=cells.yes_or_no, show=_on_sale)
# 60 of 30 and 1,000 characters, as JSON each of them two: 124,000.
PARAMETERS = Column(name="商品参数", parse=compound.parameters, fact="parameters", show=_parameters, parts=4)
IMAGE = Column(name="主图", parse=cells.picture, fact="image_url", show=lambda row: row.product.image_url)
GALLERY = Column(name="图集", parse=compound.gallery, fact="gallery", show=lambda row: " ".join(row.product.gallery))
BAR_CODE = Column(
    name="条形码",
    parse=cells.optional(cells.bar_code),
    fact="bar_code",
    of_sku=True,
    optional=True,
    show=_of_sku(lambda sku: _text(sku.bar_code)),
)
WEIGHT = Column(
    name="重量(克)",
    parse=cells.optional(cells.count(0, 10_000_000)),
    fact="weight_g",
    of_sku=True,
    optional=True,
    show=_of_sku(lambda sku: _text(sku.weight_g)),
)
COST = Column(
    name="成本价(元)",
    parse=cells.optional(cells.yuan),
    fact="cost_fen",
    of_sku=True,
    optional=True,
    show=_of_sku(lambda sku: _yuan(sku.cost_fen)),
)
ORDER_LIMIT = Column(
    name="每单限购",
    parse=cells.optional(cells.count(1, MAX_ORDER_LIMIT)),
    fact="order_limit",
    of_sku=True,
    optional=True,
    show=_of_sku(lambda sku: _text(sku.order_limit)),
)
ORIGIN = Column(name="产地", parse=cells.line(60), fact="origin", optional=True, show=lambda row: row.product.origin)
TAGS = Column(name="标签", parse=compound.tags, optional=True, show=_tags)
FREIGHT_CLASS = Column(
    name="运费类别",
    parse=cells.freight_class,
    fact="freight_class",
    optional=True,
    show=lambda row: row.product.freight_class,
)
# 50,000 characters, of which Excel counts some double.
DETAIL = Column(
    name="详情", parse=cells.detail, fact="detail", optional=True, show=lambda row: row.product.detail, parts=4
)
VIDEO = Column(name="视频", parse=cells.video, fact="video", optional=True, show=lambda row: row.product.video)
SKU_IMAGE = Column(
    name="SKU图片",
    parse=cells.optional(cells.picture),
    fact="image_url",
    of_sku=True,
    optional=True,
    show=_of_sku(lambda sku: _text(sku.image_url)),
)
SORT_WEIGHT = Column(
    name="排序权重",
    parse=lambda cell: cells.optional(cells.count(-1_000_000, 1_000_000))(cell) or 0,
    fact="sort_weight",
    optional=True,
    show=lambda row: str(row.product.sort_weight),
)
ON_SALE_AT = Column(
    name="定时上架",
    parse=cells.optional(cells.moment),
    optional=True,
    show=lambda row: _moment(row.product.on_sale_at),
)
OFF_SALE_AT = Column(
    name="定时下架",
    parse=cells.optional(cells.moment),
    optional=True,
    show=lambda row: _moment(row.product.off_sale_at),
)

COLUMNS: tuple[Column, ...] = (
    CODE,
    TITLE,
    CATEGORY,
    BRAND,
    SELLING_POINT,
    UNIT,
    SPEC,
    PRICE,
    LIST_PRICE,
    STOCK,
    ON_SALE,
    PARAMETERS,
    IMAGE,
    GALLERY,
    BAR_CODE,
    WEIGHT,
    COST,
    ORDER_LIMIT,
    ORIGIN,
    TAGS,
    FREIGHT_CLASS,
    VIDEO,
    SKU_IMAGE,
    SORT_WEIGHT,
    ON_SALE_AT,
    OFF_SALE_AT,
    DETAIL,
)
BY_NAME = {column.name: column for column in COLUMNS}
REQUIRED = tuple(column.name for column in COLUMNS if not column.optional)
SCHEDULE = {"on_sale_at": ON_SALE_AT, "off_sale_at": OFF_SALE_AT}
OF_SKU = tuple(column.name for column in COLUMNS if column.of_sku)
_LONG = tuple(column for column in COLUMNS if column.parts > 1)
CONTINUATIONS = {after: before for column in _LONG for before, after in pairwise(column.headings)}
"""Heading of a further part → heading of the part before it."""
HEADINGS = (*BY_NAME, *CONTINUATIONS)
"""Of an export: what goes on stands behind everything else, where it disturbs nobody."""


def as_row(shown: Shown) -> list[str]:
    """The cells below `HEADINGS`."""
    row = [column.cells(shown) for column in COLUMNS]
    return [*(cells[0] for cells in row), *(cell for cells in row for cell in cells[1:])]


def whole_texts(cells: Mapping[str, str]) -> dict[str, str]:
    """A row with its long texts in one piece, by the names of columns; `FlawedCell` where that cannot be."""
    whole = {name: cell for name, cell in cells.items() if name not in CONTINUATIONS}
    for column in _LONG:
        if column.name in cells:
            names = [name for name in column.headings if name in cells]
            whole[column.name] = joined(names, [cells[name] for name in names])
    return whole

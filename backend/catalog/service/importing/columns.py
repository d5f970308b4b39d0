"""The columns of a catalogue sheet: one line each says how a cell is read, what it is about, and how it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from backend.catalog.domain.product import Product
from backend.catalog.domain.sku import Sku
from backend.catalog.domain.spec import Spec, from_json
from backend.catalog.domain.status import ProductStatus
from backend.catalog.service.importing import cells
from backend.catalog.service.importing.exact import exactly
from kit.domain.money import yuan_text


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A SKU with its product, as a row: `stock` are the units that could be sold now."""

    product: Product
    sku: Sku
    category: tuple[str, ...]
    stock: int = 0
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Column:
    """`fact` names the field of the product's or SKU's facts it fills; None: it is handled apart.

    An optional column may be missing: then nothing is said about it. One that is there and empty says "none".
    """

    name: str
    parse: cells.Parse
    show: Callable[[Shown], str]
    fact: str | None = None
    of_sku: bool = False
    optional: bool = False


def _yuan(fen: int | None) -> str:
    return "" if fen is None else yuan_text(fen)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _category(shown: Shown) -> str:
    return exactly(shown.category, "/".join(shown.category), cells.category, list(shown.category))


def _spec(shown: Shown) -> str:
    spec = Spec(from_json(shown.sku.spec))
    return exactly(spec, spec.text, cells.spec, [list(pair) for pair in spec.pairs])


def _parameters(shown: Shown) -> str:
    pairs = from_json(shown.product.parameters)
    short = ";".join(f"{name}:{value}" for name, value in pairs)
    return exactly(pairs, short, cells.parameters, [list(pair) for pair in pairs])


def _tags(shown: Shown) -> str:
    tags = frozenset(shown.tags)
    return exactly(tags, ";".join(sorted(tags)), cells.tags, sorted(tags))


def _stock(shown: Shown) -> str:
    return str(min(shown.stock, cells.MAX_STOCK))


def _on_sale(shown: Shown) -> str:
    return "是" if shown.product.status is ProductStatus.ON_SALE else "否"


CODE = Column(name="商品编号", parse=cells.code, show=lambda row: row.product.code)
TITLE = Column(name="商品名称", parse=cells.line(200, required=True), fact="title", show=lambda row: row.product.title)
CATEGORY = Column(name="类目", parse=cells.category, show=_category)
BRAND = Column(name="品牌", parse=cells.line(60), fact="brand", show=lambda row: row.product.brand)
SELLING_POINT = Column(
    name="卖点", parse=cells.line(200), fact="selling_point", show=lambda row: row.product.selling_point
)
UNIT = Column(name="单位", parse=cells.line(20), fact="unit", show=lambda row: row.product.unit)
SPEC = Column(name="SKU规格", parse=cells.spec, fact="spec", of_sku=True, show=_spec)
PRICE = Column(
    name="售价(元)", parse=cells.yuan, fact="price_fen", of_sku=True, show=lambda row: _yuan(row.sku.price_fen)
)
LIST_PRICE = Column(
    name="划线价(元)",
    parse=cells.optional(cells.yuan),
    fact="list_price_fen",
    of_sku=True,
    show=lambda row: _yuan(row.sku.list_price_fen),
)
STOCK = Column(name="库存", parse=cells.stock, of_sku=True, show=_stock)
ON_SALE = Column(name="是否上架", parse=cells.yes_or_no, show=_on_sale)
PARAMETERS = Column(name="商品参数", parse=cells.parameters, fact="parameters", show=_parameters)
IMAGE = Column(name="主图", parse=cells.url, fact="image_url", show=lambda row: row.product.image_url)
GALLERY = Column(name="图集", parse=cells.gallery, fact="gallery", show=lambda row: " ".join(row.product.gallery))
BAR_CODE = Column(
    name="条形码",
    parse=cells.optional(cells.bar_code),
    fact="bar_code",
    of_sku=True,
    optional=True,
    show=lambda row: _text(row.sku.bar_code),
)
WEIGHT = Column(
    name="重量(克)",
    parse=cells.optional(cells.count(0, 10_000_000)),
    fact="weight_g",
    of_sku=True,
    optional=True,
    show=lambda row: _text(row.sku.weight_g),
)
COST = Column(
    name="成本价(元)",
    parse=cells.optional(cells.yuan),
    fact="cost_fen",
    of_sku=True,
    optional=True,
    show=lambda row: _yuan(row.sku.cost_fen),
)
ORDER_LIMIT = Column(
    name="每单限购",
    parse=cells.optional(cells.count(1, 1_000_000)),
    fact="order_limit",
    of_sku=True,
    optional=True,
    show=lambda row: _text(row.sku.order_limit),
)
ORIGIN = Column(name="产地", parse=cells.line(60), fact="origin", optional=True, show=lambda row: row.product.origin)
TAGS = Column(name="标签", parse=cells.tags, optional=True, show=_tags)
FREIGHT_CLASS = Column(
    name="运费类别",
    parse=cells.freight_class,
    fact="freight_class",
    optional=True,
    show=lambda row: row.product.freight_class,
)
DETAIL = Column(name="详情", parse=cells.detail, fact="detail", optional=True, show=lambda row: row.product.detail)

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
    DETAIL,
)
BY_NAME = {column.name: column for column in COLUMNS}
REQUIRED = tuple(column.name for column in COLUMNS if not column.optional)

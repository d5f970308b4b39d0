"""Rows become products: every cell is parsed, rows of one product are compared, every fault is found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from backend.catalog.domain.facts import SkuFacts
from backend.catalog.domain.spec import Spec
from backend.catalog.service.importing import cells
from backend.catalog.service.importing.fault import BadCell, Fault
from backend.catalog.service.importing.sheet import Row, Sheet

CODE, CATEGORY, SPEC, PRICE, LIST_PRICE, STOCK, ON_SALE = (
    "商品编号", "类目", "SKU规格", "售价(元)", "划线价(元)", "库存", "是否上架"
)  # fmt: skip
TITLE, BRAND, SELLING_POINT, UNIT, PARAMETERS, IMAGE, GALLERY = (
    "商品名称", "品牌", "卖点", "单位", "商品参数", "主图", "图集"
)  # fmt: skip

COLUMNS: dict[str, cells.Parse] = {
    CODE: cells.code,
    TITLE: cells.line(200, required=True),
    CATEGORY: cells.category,
    BRAND: cells.line(60),
    SELLING_POINT: cells.line(200),
    UNIT: cells.line(20),
    SPEC: cells.spec,
    PRICE: cells.yuan,
    LIST_PRICE: cells.optional_yuan,
    STOCK: cells.stock,
    ON_SALE: cells.yes_or_no,
    PARAMETERS: cells.parameters,
    IMAGE: cells.url,
    GALLERY: cells.gallery,
}
_OF_THE_SKU = {SPEC, PRICE, LIST_PRICE, STOCK}
_OF_THE_PRODUCT = [name for name in COLUMNS if name not in _OF_THE_SKU]


@dataclass(frozen=True)
class ListedSku:
    """A SKU as the sheet has it; `stock` counts only when the SKU is new."""

    row: int
    facts: SkuFacts
    stock: int


@dataclass(frozen=True)
class ListedProduct:
    """A product as the sheet has it; `described` are the facts without the category's id."""

    row: int
    code: str
    category: tuple[str, ...]
    on_sale: bool
    described: dict[str, Any]
    skus: list[ListedSku]


@dataclass
class _Parsed:
    """A row with the cells that could be understood."""

    row: Row
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        return len(self.values) == len(COLUMNS)


def read_products(file: BinaryIO, faults: list[Fault]) -> list[ListedProduct]:
    """The products of the file, in order of appearance; `faults` gets everything that is wrong."""
    groups: dict[str, list[_Parsed]] = {}
    rows = 0
    for row in Sheet(file, tuple(COLUMNS), faults).rows():
        rows += 1
        parsed = _parse(row, faults)
        if CODE in parsed.values:
            groups.setdefault(parsed.values[CODE], []).append(parsed)
    if rows == 0 and not faults:
        faults.append(Fault(2, "", "", "没有数据行", "请在表头下面填写商品"))
    for group in groups.values():
        faults.extend(_disagreements(group))
        faults.extend(_spec_faults(group))
    return [_product(group) for group in groups.values() if all(parsed.complete for parsed in group)]


def _parse(row: Row, faults: list[Fault]) -> _Parsed:
    parsed = _Parsed(row)
    for column, parse in COLUMNS.items():
        try:
            parsed.values[column] = parse(row.cells[column])
        except BadCell as bad:
            faults.append(bad.at(row.number, column, row.cells[column]))
    if parsed.values.get(ON_SALE) and parsed.values.get(PRICE) == 0:
        free = BadCell("上架商品的售价必须大于 0", "请填写售价，或将“是否上架”改为 否")
        faults.append(free.at(row.number, PRICE, row.cells[PRICE]))
    return parsed


def _disagreements(group: list[_Parsed]) -> Iterable[Fault]:
    """What belongs to the product must be the same in all its rows; the first row is the measure."""
    for column in _OF_THE_PRODUCT:
        having = [parsed for parsed in group if column in parsed.values]
        for parsed in having[1:]:
            if parsed.values[column] != having[0].values[column]:
                reason = f"与第 {having[0].row.number} 行不一致，而两行是同一商品 {parsed.values[CODE]}"
                remedy = "请改成一样，或使用不同的商品编号"
                yield Fault(parsed.row.number, column, parsed.row.cells[column], reason, remedy)


def _spec_faults(group: list[_Parsed]) -> Iterable[Fault]:
    having = [parsed for parsed in group if SPEC in parsed.values]
    seen: dict[str, int] = {}
    for parsed in having:
        spec: Spec = parsed.values[SPEC]
        number, text = parsed.row.number, parsed.row.cells[SPEC]
        if spec.key in seen:
            yield Fault(number, SPEC, text, f"与第 {seen[spec.key]} 行的商品编号和规格相同", "请删除一行或修改规格")
        elif spec.names != having[0].values[SPEC].names:
            reason = f"规格名与第 {having[0].row.number} 行不同，而两行是同一商品"
            yield Fault(number, SPEC, text, reason, "同一商品各行的规格名必须一致")
        seen.setdefault(spec.key, number)


def _product(group: list[_Parsed]) -> ListedProduct:
    values = group[0].values
    described = {
        "title": values[TITLE],
        "brand": values[BRAND],
        "selling_point": values[SELLING_POINT],
        "unit": values[UNIT],
        "image_url": values[IMAGE],
        "gallery": values[GALLERY],
        "parameters": values[PARAMETERS],
    }
    skus = [_sku(parsed) for parsed in group]
    return ListedProduct(group[0].row.number, values[CODE], values[CATEGORY], values[ON_SALE], described, skus)


def _sku(parsed: _Parsed) -> ListedSku:
    values = parsed.values
    facts = SkuFacts(spec=values[SPEC], price_fen=values[PRICE], list_price_fen=values[LIST_PRICE])
    return ListedSku(parsed.row.number, facts, values[STOCK])

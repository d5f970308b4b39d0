"""Rows become products: every cell is parsed, rows of one product are compared, every fault is found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.catalog.domain.facts import SkuFacts
from backend.catalog.domain.spec import Spec
from backend.catalog.service.importing.columns import (
    BY_NAME,
    CATEGORY,
    CODE,
    COLUMNS,
    ON_SALE,
    PRICE,
    SPEC,
    STOCK,
    TAGS,
)
from backend.catalog.service.importing.fault import BadCell, Fault
from backend.catalog.service.importing.sheet import Row
from backend.catalog.service.importing.spill import MOST_SKUS, Group
from kit.domain.words import Words


@dataclass(frozen=True)
class ListedSku:
    """A SKU as the sheet has it; `stock` counts only when the SKU is new."""

    row: int
    facts: SkuFacts
    stock: int


@dataclass(frozen=True)
class ListedProduct:
    """A product as the sheet has it; `described` are the facts without category and tags. `tags` None: not said."""

    row: int
    position: int
    code: str
    category: tuple[str, ...]
    on_sale: bool
    described: dict[str, Any]
    tags: frozenset[str] | None
    skus: list[ListedSku]


@dataclass
class Parsed:
    """A row with the cells that could be understood, by column."""

    row: Row
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def parse_row(row: Row) -> Parsed:
    """Every cell, and what is wrong with it."""
    parsed = Parsed(row)
    for name, cell in row.cells.items():
        try:
            parsed.values[name] = BY_NAME[name].parse(cell)
        except BadCell as bad:
            parsed.faults.append(bad.at(row.number, name, cell))
    if parsed.values.get(ON_SALE.name) and parsed.values.get(PRICE.name) == 0:
        free = BadCell(
            Words("上架商品的售价必须大于 0", "A product on sale needs a price above 0"),
            Words("请填写售价，或将“是否上架”改为 否", "Fill in the price, or write 否 under 是否上架"),
        )
        parsed.faults.append(free.at(row.number, PRICE.name, row.cells[PRICE.name]))
    return parsed


def read_product(group: Group) -> tuple[ListedProduct | None, list[Fault]]:
    """The product, if all its rows are right, and what is wrong between them. Faults of cells are not repeated."""
    if len(group.rows) > MOST_SKUS:
        reason = Words(
            f"商品 {group.code} 的规格超过 {MOST_SKUS} 个", f"Product {group.code} has more than {MOST_SKUS} SKUs"
        )
        return None, [
            Fault(
                group.rows[-1].number,
                CODE.name,
                group.code,
                reason,
                Words("请拆成几个商品", "Split it into several products"),
            )
        ]
    rows = [parse_row(row) for row in group.rows]
    faults = [*_disagreements(rows), *_spec_faults(rows)]
    if faults or any(parsed.faults for parsed in rows):
        return None, faults
    return _product(group, rows), []


def _disagreements(rows: list[Parsed]) -> Iterable[Fault]:
    """What belongs to the product must be the same in all its rows; the first row is the measure."""
    for column in COLUMNS:
        if column.of_sku:
            continue
        having = [parsed for parsed in rows if column.name in parsed.values]
        for parsed in having[1:]:
            if parsed.values[column.name] != having[0].values[column.name]:
                code = parsed.values[CODE.name]
                reason = Words(
                    f"与第 {having[0].row.number} 行不一致，而两行是同一商品 {code}",
                    f"Differs from row {having[0].row.number}, which is the same product {code}",
                )
                remedy = Words("请改成一样，或使用不同的商品编号", "Make them equal, or use another product code")
                yield Fault(parsed.row.number, column.name, parsed.row.cells[column.name], reason, remedy)


def _spec_faults(rows: list[Parsed]) -> Iterable[Fault]:
    having = [parsed for parsed in rows if SPEC.name in parsed.values]
    seen: dict[str, int] = {}
    for parsed in having:
        spec: Spec = parsed.values[SPEC.name]
        number, text = parsed.row.number, parsed.row.cells[SPEC.name]
        if spec.key in seen:
            reason = Words(
                f"与第 {seen[spec.key]} 行的商品编号和规格相同",
                f"Same product code and spec as in row {seen[spec.key]}",
            )
            yield Fault(
                number,
                SPEC.name,
                text,
                reason,
                Words("请删除一行或修改规格", "Delete one of the rows, or change its spec"),
            )
        elif spec.names != having[0].values[SPEC.name].names:
            reason = Words(
                f"规格名与第 {having[0].row.number} 行不同，而两行是同一商品",
                f"Other spec names than in row {having[0].row.number}, which is the same product",
            )
            yield Fault(
                number,
                SPEC.name,
                text,
                reason,
                Words("同一商品各行的规格名必须一致", "Use the same spec names in all rows of a product"),
            )
        seen.setdefault(spec.key, number)


def _product(group: Group, rows: list[Parsed]) -> ListedProduct:
    values = rows[0].values
    return ListedProduct(
        row=rows[0].row.number,
        position=group.position,
        code=group.code,
        category=values[CATEGORY.name],
        on_sale=values[ON_SALE.name],
        described=_facts(values, of_sku=False),
        tags=values.get(TAGS.name),
        skus=[_sku(parsed) for parsed in rows],
    )


def _sku(parsed: Parsed) -> ListedSku:
    facts = SkuFacts(**_facts(parsed.values, of_sku=True))
    return ListedSku(parsed.row.number, facts, parsed.values[STOCK.name])


def _facts(values: Mapping[str, Any], *, of_sku: bool) -> dict[str, Any]:
    return {
        column.fact: values[column.name]
        for column in COLUMNS
        if column.fact is not None and column.of_sku is of_sku and column.name in values
    }

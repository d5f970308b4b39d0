"""Faults that only show against the catalogue as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from backend.catalog.domain.error import ScheduleMalformed
from backend.catalog.domain.product import Product
from backend.catalog.domain.schedule import check_schedule
from backend.catalog.domain.spec import Spec, from_json
from backend.catalog.domain.status import ProductStatus
from backend.catalog.service.importing.columns import (
    BAR_CODE,
    CODE,
    DETAIL,
    GALLERY,
    IMAGE,
    ON_SALE,
    SCHEDULE,
    SKU_IMAGE,
    SPEC,
    VIDEO,
)
from backend.catalog.service.importing.fault import Fault
from backend.catalog.service.importing.products import ListedProduct, ListedSku
from backend.media import facade as media
from kit.domain.words import Words

_PASSED = Words("时间已过", "This time has passed")
_WRONG_WAY_ROUND = Words(
    "在售商品只能先下架后上架，其他商品只能先上架后下架",
    "What is on sale goes off sale first, and anything else on sale first",
)


def conflicts(
    listed: Sequence[ListedProduct],
    known: Mapping[str, Product],
    bar_codes: Mapping[str, tuple[int, str]],
    *,
    now: datetime,
) -> Iterable[Fault]:
    """Everything that would make a listed product's edit fail. `bar_codes`: who has them now, SKU id and code."""
    for entry in listed:
        product = known.get(entry.code)
        if product is not None:
            yield from _conflicts(entry, product)
        if product is None or product.can_edit():
            yield from _schedule_faults(entry, product, now)
        yield from _taken_bar_codes(entry, product, bar_codes)


def unknown_files(listed: Sequence[ListedProduct]) -> Iterable[Fault]:
    """Uploaded files that a sheet names and nobody has uploaded. One SQL when all is well."""
    texts = [place for entry in listed for place in _texts(entry)]
    named = [(row, column, key) for row, column, text in texts for key in sorted(media.keys_in(texts=[text]))]
    try:
        media.check(keys={key for _, _, key in named})
    except media.UnknownMedia as unknown:
        missing = set(unknown.errors["media"])
        for row, column, key in named:
            if key in missing:
                reason = Words("媒体库中没有这个文件", "There is no such uploaded file")
                remedy = Words("请先上传，或改用 http(s) 地址", "Upload it first, or use an http(s) address")
                yield Fault(row, column, f"media:{key}", reason, remedy)


def _texts(entry: ListedProduct) -> Iterator[tuple[int, str, str]]:
    """Row, column and text of everything that may name a file."""
    for column in (IMAGE, VIDEO, DETAIL):
        yield entry.row, column.name, entry.described.get(str(column.fact), "")
    for address in entry.described["gallery"]:
        yield entry.row, GALLERY.name, address
    for sku in entry.skus:
        if isinstance(sku.facts.image_url, str):
            yield sku.row, SKU_IMAGE.name, sku.facts.image_url


def listed_bar_codes(listed: Sequence[ListedProduct]) -> list[str]:
    """Those the sheet speaks of."""
    return [code for entry in listed for sku in entry.skus if (code := _bar_code(sku)) is not None]


def _bar_code(sku: ListedSku) -> str | None:
    return sku.facts.bar_code if isinstance(sku.facts.bar_code, str) else None


def _conflicts(entry: ListedProduct, product: Product) -> Iterable[Fault]:
    if not product.can_edit():
        reason = Words("该商品已归档，不能再修改", "This product is archived and cannot be changed any more")
        yield Fault(
            entry.row,
            CODE.name,
            entry.code,
            reason,
            Words("请使用新的商品编号，或删除这些行", "Use another product code, or delete these rows"),
        )
        return
    keys = {sku.facts.spec.key for sku in entry.skus}
    unlisted = [sku for sku in product.live_skus() if sku.spec_key not in keys]
    if not unlisted:
        return
    names = Spec(from_json(unlisted[0].spec)).names
    for sku in entry.skus:
        if sku.facts.spec.names != names:
            reason = Words(
                f"规格名与该商品已有的规格“{unlisted[0].spec_text}”不同",
                f"Other names than the product's spec “{unlisted[0].spec_text}” has",
            )
            yield Fault(
                sku.row,
                SPEC.name,
                sku.facts.spec.text,
                reason,
                Words("请改成一致，或先在后台归档旧规格", "Use the same names, or archive the old SKUs first"),
            )
    free = [sku.code for sku in unlisted if sku.price_fen == 0]
    if entry.on_sale and free:
        reason = Words(
            f"该商品的其他规格没有售价：{'、'.join(free)}",
            f"Other SKUs of this product have no price: {', '.join(free)}",
        )
        yield Fault(
            entry.row,
            ON_SALE.name,
            "是",
            reason,
            Words("请在表格中补上这些规格的售价，或改为 否", "List these SKUs with their prices, or write 否"),
        )


def _schedule_faults(entry: ListedProduct, product: Product | None, now: datetime) -> Iterable[Fault]:
    """As the product will be on or off the shelf, which takes back what was scheduled for that."""
    status = ProductStatus.DRAFT if product is None else product.status
    known: dict[str, Any] = {name: getattr(product, name, None) for name in SCHEDULE}
    if entry.on_sale is not (status is ProductStatus.ON_SALE):
        status = ProductStatus.ON_SALE if entry.on_sale else ProductStatus.OFF_SALE
        known["on_sale_at" if entry.on_sale else "off_sale_at"] = None
    wanted = known | entry.schedule
    if wanted == known:
        return
    try:
        check_schedule(status, **wanted, at=now)
    except ScheduleMalformed as malformed:
        for name in malformed.errors:
            at: datetime = wanted[name]
            reason = _PASSED if at <= now else _WRONG_WAY_ROUND
            remedy = Words("请改正，或清空", "Correct it, or leave it empty")
            yield Fault(entry.row, SCHEDULE[name].name, at.isoformat(), reason, remedy)


def _taken_bar_codes(
    entry: ListedProduct, product: Product | None, bar_codes: Mapping[str, tuple[int, str]]
) -> Iterable[Fault]:
    ids = {} if product is None else {sku.spec_key: sku.id for sku in product.skus}
    for sku in entry.skus:
        code = _bar_code(sku)
        holder = None if code is None else bar_codes.get(code)
        if code is not None and holder is not None and holder[0] != ids.get(sku.facts.spec.key):
            reason = Words(f"条形码已用于 SKU {holder[1]}", f"SKU {holder[1]} has this bar code")
            yield Fault(
                sku.row,
                BAR_CODE.name,
                code,
                reason,
                Words("请改正，或先在后台清空那个 SKU 的条形码", "Correct it, or clear the bar code of that SKU first"),
            )

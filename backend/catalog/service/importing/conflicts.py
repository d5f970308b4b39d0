"""Faults that only show against the catalogue as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from backend.catalog.domain.product import Product
from backend.catalog.domain.spec import Spec, from_json
from backend.catalog.service.importing.columns import BAR_CODE, CODE, IMAGE, ON_SALE, SPEC
from backend.catalog.service.importing.fault import Fault
from backend.catalog.service.importing.products import ListedProduct, ListedSku
from backend.media import facade as media
from kit.domain.words import Words


def conflicts(
    listed: Sequence[ListedProduct], known: Mapping[str, Product], bar_codes: Mapping[str, tuple[int, str]]
) -> Iterable[Fault]:
    """Everything that would make a listed product's edit fail. `bar_codes`: who has them now, SKU id and code."""
    for entry in listed:
        product = known.get(entry.code)
        if product is not None:
            yield from _conflicts(entry, product)
        yield from _taken_bar_codes(entry, product, bar_codes)


def unknown_files(listed: Sequence[ListedProduct]) -> Iterable[Fault]:
    """Uploaded files that a sheet names and nobody has uploaded. One SQL when all is well."""
    named = {entry.code: media.keys_in(texts=_texts(entry)) for entry in listed}
    try:
        media.check(keys=set().union(*named.values()))
    except media.UnknownMedia:
        for entry in listed:
            for key in sorted(named[entry.code]):
                if not media.exists(key=key):
                    reason = Words("媒体库中没有这个文件", "There is no such uploaded file")
                    yield Fault(
                        entry.row,
                        IMAGE.name,
                        f"media:{key}",
                        reason,
                        Words(
                            "请先上传图片，或改用 http(s) 地址", "Upload the picture first, or use an http(s) address"
                        ),
                    )


def _texts(entry: ListedProduct) -> list[str]:
    described = entry.described
    detail = described.get("detail", "")
    return [described["image_url"], *described["gallery"], detail]


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

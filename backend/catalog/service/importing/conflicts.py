"""Faults that only show against the catalogue as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from backend.catalog.domain.product import Product
from backend.catalog.domain.spec import Spec, from_json
from backend.catalog.service.importing.fault import Fault
from backend.catalog.service.importing.products import CODE, ON_SALE, SPEC, ListedProduct


def conflicts(listed: Sequence[ListedProduct], known: Mapping[str, Product]) -> Iterable[Fault]:
    """Everything that would make a listed product's edit fail."""
    for entry in listed:
        product = known.get(entry.code)
        if product is not None:
            yield from _conflicts(entry, product)


def _conflicts(entry: ListedProduct, product: Product) -> Iterable[Fault]:
    if not product.can_edit():
        yield Fault(entry.row, CODE, entry.code, "该商品已归档，不能再修改", "请使用新的商品编号，或删除这些行")
        return
    keys = {sku.facts.spec.key for sku in entry.skus}
    unlisted = [sku for sku in product.live_skus() if sku.spec_key not in keys]
    if not unlisted:
        return
    names = Spec(from_json(unlisted[0].spec)).names
    for sku in entry.skus:
        if sku.facts.spec.names != names:
            reason = f"规格名与该商品已有的规格“{unlisted[0].spec_text}”不同"
            yield Fault(sku.row, SPEC, sku.facts.spec.text, reason, "请改成一致，或先在后台归档旧规格")
    free = [sku.code for sku in unlisted if sku.price_fen == 0]
    if entry.on_sale and free:
        reason = f"该商品的其他规格没有售价：{'、'.join(free)}"
        yield Fault(entry.row, ON_SALE, "是", reason, "请在表格中补上这些规格的售价，或改为 否")

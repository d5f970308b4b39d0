"""Products are written, changed, combined and moved."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from backend.approval import facade as approval
from backend.catalog.domain.facts import SkuLine
from backend.catalog.domain.payload import product_facts
from backend.catalog.domain.product import Product
from backend.catalog.repository.category import CategoryRepository
from backend.catalog.repository.product import ProductRepository
from backend.catalog.service.approving import actions
from backend.catalog.service.approving.action import Action, ProductsAction, ids_of, reason_of
from backend.catalog.service.approving.pricing import PRICE_FACTS, Price, price_facts
from backend.catalog.service.approving.product_diff import ProductDiff
from backend.catalog.service.approving.shelf import picks_of
from backend.catalog.service.approving.wording import change, changed, path_of, percent_between, yuan
from backend.catalog.service.bulk import Bulk
from backend.catalog.service.combining import Combining
from backend.catalog.service.editing import Editing


class CreateProduct(Action):
    """Payload: what `product_payload` makes of the product, and its ``code``. Copying is creating."""

    action = actions.PRODUCT_CREATE
    zh = "新增商品"
    en = "Add a product"

    def __init__(self, editing: Editing, diffs: ProductDiff) -> None:
        self.editing = editing
        self.diffs = diffs

    def version(self, subject: str, payload: Any) -> int | None:
        """Nothing is there yet that could move on; a code taken meanwhile is refused when it is applied."""
        return 0

    def title(self, subject: str, payload: Any) -> str:
        return f"{payload['title']} ({payload['code']})"

    def diff(self, subject: str, payload: Any) -> Sequence[approval.Change]:
        _, facts, lines = _opened(payload)
        return self.diffs.of(None, (), facts, lines)

    def apply(self, subject: str, payload: Any, mandate: approval.Mandate, now: datetime) -> int:
        code, facts, lines = _opened(payload)
        return self.editing.create(code, facts, lines, operator=mandate.actor, now=now)


class UpdateProduct(ProductsAction):
    """Payload: what `product_payload` makes of it as it is to be. An edit that changes a price is a price change."""

    action = actions.PRODUCT_UPDATE
    zh = "修改商品"
    en = "Change a product"
    facts: Sequence[approval.Fact] = PRICE_FACTS
    also: Sequence[str] = (actions.PRODUCT_PRICE,)

    def __init__(self, products: ProductRepository, editing: Editing, diffs: ProductDiff) -> None:
        super().__init__(products)
        self.editing = editing
        self.diffs = diffs

    def acts_as(self, subject: str, payload: Any) -> Collection[str]:
        return self.also if any(old != new for old, new in self._prices(payload)) else ()

    def facts_of(self, subject: str, payload: Any) -> Mapping[str, int | Decimal]:
        return {**super().facts_of(subject, payload), **price_facts(self._prices(payload))}

    def diff(self, subject: str, payload: Any) -> Sequence[approval.Change]:
        _, facts, lines = _opened(payload)
        product = self.products.of_id(ids_of(payload)[0])
        return self.diffs.of(product.facts(), product.live_skus(), facts, lines)

    def apply(self, subject: str, payload: Any, mandate: approval.Mandate, now: datetime) -> None:
        _, facts, lines = _opened(payload)
        self.editing.edit(
            ids_of(payload)[0],
            facts,
            lines,
            version=None,
            operator=mandate.actor,
            reason=reason_of(mandate),
            now=now,
        )

    def _prices(self, payload: Any) -> list[Price]:
        _, _, lines = _opened(payload)
        return list(_repriced(self.products.of_id(ids_of(payload)[0]), lines))


class GenerateSkus(ProductsAction):
    """Payload: the arguments of `Combining.generate`. New SKUs are a change of the product; known prices stay."""

    action = actions.PRODUCT_GENERATE
    zh = "生成 SKU"
    en = "Generate SKUs"
    also: Sequence[str] = (actions.PRODUCT_UPDATE,)

    def __init__(self, products: ProductRepository, combining: Combining) -> None:
        super().__init__(products)
        self.combining = combining

    def acts_as(self, subject: str, payload: Any) -> Collection[str]:
        return self.also

    def facts_of(self, subject: str, payload: Any) -> Mapping[str, int | Decimal]:
        return {**super().facts_of(subject, payload), **price_facts(())}

    def diff(self, subject: str, payload: Any) -> Sequence[approval.Change]:
        product = self.products.of_id(ids_of(payload)[0])
        missing = self.combining.missing(product, specs=payload["specs"], template_id=_id(payload["template_id"]))
        price = yuan(payload["price_fen"])
        return [
            change(f"price_fen.{spec.text}", f"{spec.text} 售价（元）", f"{spec.text}, price (yuan)", None, price)
            for spec in missing
        ]

    def apply(self, subject: str, payload: Any, mandate: approval.Mandate, now: datetime) -> None:
        given = {name: payload[name] for name in ("specs", "price_fen", "list_price_fen")}
        self.combining.generate(
            ids_of(payload)[0],
            **given,
            template_id=_id(payload["template_id"]),
            version=None,
            operator=mandate.actor,
            now=now,
        )


class MoveProducts(ProductsAction):
    """Payload: ``category_id`` beside the products. Another category is a change of the product."""

    action = actions.PRODUCT_MOVE
    zh = "商品移动分类"
    en = "Move products to a category"
    also: Sequence[str] = (actions.PRODUCT_UPDATE,)

    def __init__(self, products: ProductRepository, categories: CategoryRepository, bulk: Bulk) -> None:
        super().__init__(products)
        self.categories = categories
        self.bulk = bulk

    def acts_as(self, subject: str, payload: Any) -> Collection[str]:
        return self.also

    def facts_of(self, subject: str, payload: Any) -> Mapping[str, int | Decimal]:
        return {**super().facts_of(subject, payload), **price_facts(())}

    def diff(self, subject: str, payload: Any) -> Sequence[approval.Change]:
        tree = self.categories.tree()
        new = "/".join(tree.path(int(payload["category_id"])))
        return changed(
            change(
                f"category.{one.code}",
                f"{one.title}（{one.code}）分类",
                f"{one.title} ({one.code}), category",
                path_of(tree, one.category_id),
                new,
            )
            for one in self.labels(payload)
        )

    def apply(self, subject: str, payload: Any, mandate: approval.Mandate, now: datetime) -> Any:
        return self.bulk.move(picks_of(payload), category_id=int(payload["category_id"]), now=now)


def _opened(payload: Any) -> tuple[str, Any, list[SkuLine]]:
    told = dict(payload)
    told.pop("product_ids", None)
    code = told.pop("code", "")
    facts, lines = product_facts(told)
    return code, facts, lines


def _repriced(product: Product, lines: Sequence[SkuLine]) -> Iterable[Price]:
    """Of every SKU that has a price already, archived ones that come back by their spec included.

    A SKU that is new while others go takes their place: it is judged beside the nearest of their prices.
    """
    by_id = {sku.id: sku.price_fen for sku in product.skus}
    by_spec = {sku.spec_key: sku.price_fen for sku in product.skus}
    staying = {line.sku_id for line in lines}
    going = [sku.price_fen for sku in product.live_skus() if sku.id not in staying and sku.price_fen]
    for line in lines:
        new = line.facts.price_fen
        old = by_id.get(line.sku_id) if line.sku_id is not None else by_spec.get(line.facts.spec.key)
        if old is None and going:
            old = min(going, key=lambda price_fen: abs(percent_between(price_fen, new)))
        if old is not None:
            yield old, new


def _id(text: str | None) -> int | None:
    return None if text is None else int(text)

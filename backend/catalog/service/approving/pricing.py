"""Prices of many products at once (批量改价), and the facts that rules about prices ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from backend.approval import facade as approval
from backend.catalog.domain import payload as frozen
from backend.catalog.domain.product import Product
from backend.catalog.repository.product import ProductRepository
from backend.catalog.service.approving import actions
from backend.catalog.service.approving.action import PRODUCTS, ProductsAction, ids_of, reason_of
from backend.catalog.service.approving.shelf import picks_of
from backend.catalog.service.approving.wording import change, percent_between, repriced
from backend.catalog.service.bulk import Bulk
from kit.domain.money import yuan_text

PRICE_FACTS = (
    approval.Fact("price_change_percent", "最大改价幅度（%，不计涨跌）", "Largest change of a price, up or down (%)"),
    approval.Fact("price_drop_percent", "最大降价幅度（%）", "Largest drop of a price (%)"),
    PRODUCTS,
)
Price = tuple[int, int]
"""Old and new, fen."""


def price_facts(prices: Iterable[Price]) -> dict[str, int | Decimal]:
    """The largest of all SKUs decides. Exact: nothing is rounded before it is compared."""
    percents = [percent_between(old, new) for old, new in prices]
    return {
        "price_change_percent": max((abs(percent) for percent in percents), default=Decimal(0)),
        "price_drop_percent": max((-percent for percent in percents if percent < 0), default=Decimal(0)),
    }


class Reprice(ProductsAction):
    """Payload: ``rule`` beside the products."""

    action = actions.PRODUCT_PRICE
    zh = "商品改价"
    en = "Change prices"
    right = "catalog:price"
    facts: Sequence[approval.Fact] = PRICE_FACTS

    def __init__(self, products: ProductRepository, bulk: Bulk) -> None:
        super().__init__(products)
        self.bulk = bulk

    def facts_of(self, subject: str, payload: Any) -> Mapping[str, int | Decimal]:
        rule = frozen.price_rule(payload["rule"])
        prices = [(sku.price_fen, rule.price_of(sku.price_fen)) for one in self._of(payload) for sku in one.live_skus()]
        return {**super().facts_of(subject, payload), **price_facts(prices)}

    def diff(self, subject: str, payload: Any) -> Sequence[approval.Change]:
        rule = frozen.price_rule(payload["rule"])
        return [
            change(
                f"price_fen.{sku.code}",
                f"{one.title}（{sku.spec_text}）售价（元）",
                f"{one.title} ({sku.spec_text}), price (yuan)",
                yuan_text(sku.price_fen),
                repriced(sku.price_fen, rule.price_of(sku.price_fen)),
            )
            for one in self._of(payload)
            for sku in one.live_skus()
        ]

    def apply(self, subject: str, payload: Any, mandate: approval.Mandate, now: datetime) -> Any:
        return self.bulk.reprice(
            picks_of(payload),
            frozen.price_rule(payload["rule"]),
            dry_run=False,
            operator=mandate.actor,
            reason=reason_of(mandate),
            now=now,
        )

    def _of(self, payload: Any) -> list[Product]:
        held = self.products.held(ids_of(payload))
        return [held[product_id] for product_id in ids_of(payload) if product_id in held]

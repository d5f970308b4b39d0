"""What other contexts may ask of catalog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.catalog.domain.status import ProductStatus
from backend.catalog.wiring import services

__all__ = [
    "SellableSku",
    "count_sales",
    "flush_searches",
    "learn_words",
    "reindex_category",
    "relist_category",
    "sellable",
    "sweep_searches",
    "switch_due",
]


@dataclass(frozen=True, kw_only=True)
class SellableSku:
    """A SKU as carts and orders show it, now. `image_url` is the product's where the SKU has none of its own.

    It is what is stored, a reference or an address: `media.facade.url` makes an address of it at the edge.
    `order_limit`: units that one order may hold (每单限购); None: no limit of its own.
    """

    sku_id: int
    product_id: int
    sku_code: str
    title: str
    spec_text: str
    image_url: str
    unit: str
    price_fen: int
    on_sale: bool
    order_limit: int | None = None


def sellable(*, sku_ids: Sequence[int]) -> dict[int, SellableSku]:
    """Those of `sku_ids` that exist; `on_sale` is false once the product is off sale or the SKU archived. One SQL."""
    return {
        row.id: SellableSku(
            sku_id=row.id,
            product_id=row.product_id,
            sku_code=row.code,
            title=row.title,
            spec_text=row.spec_text,
            image_url=row.image_url or row.product_image_url,
            unit=row.unit,
            price_fen=row.price_fen,
            on_sale=row.status is ProductStatus.ON_SALE and row.archived_at is None,
            order_limit=row.order_limit,
        )
        for row in services().query.sellable(sku_ids)
    }


def switch_due(*, now: datetime) -> None:
    """Put on and take off sale what is scheduled for now (a sweep: not inside a transaction)."""
    services().switching.switch_due(now=now)


def reindex_category(*, category_id: int, after: int) -> None:
    """The next products below a category whose name or place has changed, found by what they are now."""
    services().indexing.category(category_id, after=after)


def flush_searches(*, now: datetime) -> int:
    """Write what customers searched for since the last time; how many questions."""
    return services().recording.flush(now=now)


def learn_words(*, now: datetime) -> None:
    """Refresh the words that suggestions and hot words are made of."""
    services().offering.learn(now=now)


def sweep_searches(*, now: datetime) -> int:
    """Forget what was counted more than ninety days ago; how many rows."""
    return services().offering.sweep(now=now)


def relist_category(*, category_id: int) -> None:
    """List the products of a category that has moved under the categories above it. No use case may be open."""
    services().relisting.category(category_id)


def count_sales(*, units: Mapping[int, int]) -> None:
    """Product id → units sold, or taken back (< 0); unknown products are ignored. Call it once per order, and last."""
    services().selling.count(units)

"""What an order would cost: today's prices, freight, and nothing promised."""

from __future__ import annotations

from collections.abc import Mapping

from backend.catalog import facade as catalog
from backend.order.domain.error import NotForSale, NothingOrdered, OverOrderLimit, TooManyOfOne
from backend.order.domain.pricing import FreightRule, PricedLine, Quote, quote
from kit.domain.words import Words

MAX_OF_ONE = 999
_NOT_ON_SALE = Words("商品不存在或已下架，请移除", "There is none, or it is not on sale; take it out.")


class Quoting:
    """Used by the preview, and by placing inside its transaction."""

    def __init__(self, freight: FreightRule) -> None:
        self.freight = freight

    def quote(self, quantities: Mapping[int, int]) -> Quote:
        """Price SKU id → quantity. Raises `NothingOrdered`, `TooManyOfOne`, `NotForSale`, `OverOrderLimit`."""
        if not quantities:
            raise NothingOrdered
        too_many = [sku_id for sku_id, quantity in quantities.items() if quantity > MAX_OF_ONE]
        if too_many:
            raise TooManyOfOne.naming(*map(str, too_many), maximum=MAX_OF_ONE)
        skus = catalog.sellable(sku_ids=list(quantities))
        missing = [sku_id for sku_id in quantities if sku_id not in skus or not skus[sku_id].on_sale]
        if missing:
            raise NotForSale(errors={str(sku_id): [_NOT_ON_SALE] for sku_id in missing})
        limits = {sku_id: limit for sku_id, sku in skus.items() if (limit := sku.order_limit) is not None}
        over = {sku_id: limit for sku_id, limit in limits.items() if quantities[sku_id] > limit}
        if over:
            raise OverOrderLimit(
                errors={str(key): {"maximum": limit, "wanted": quantities[key]} for key, limit in over.items()}
            )
        return quote([_priced(skus[sku_id], quantity) for sku_id, quantity in quantities.items()], self.freight)


def _priced(sku: catalog.SellableSku, quantity: int) -> PricedLine:
    return PricedLine(
        sku_id=sku.sku_id,
        product_id=sku.product_id,
        sku_code=sku.sku_code,
        title=sku.title,
        spec_text=sku.spec_text,
        image_url=sku.image_url,
        unit=sku.unit,
        price_fen=sku.price_fen,
        quantity=quantity,
    )

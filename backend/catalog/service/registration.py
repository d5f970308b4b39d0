"""What inventory is told about SKUs, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from backend.catalog.domain.product import Product
from backend.inventory import facade as inventory

# (reference, kind, SKU) is unique in the ledger: no SKU gets its first stock twice, whoever imports what.
INITIAL_STOCK = "import:initial"
_AT_ONCE = 500
_TITLE_LENGTH = 200


def register_skus(products: Iterable[Product], *, operator: str, now: datetime) -> None:
    """Keep stock of the live SKUs of `products`; known ones get their new title."""
    skus = [
        inventory.Sku(
            sku_id=sku.id,
            code=sku.code,
            title=f"{product.title} {sku.spec_text}"[:_TITLE_LENGTH],
            product_id=product.id,
        )
        for product in products
        for sku in product.live_skus()
    ]
    for start in range(0, len(skus), _AT_ONCE):
        inventory.register(skus=skus[start : start + _AT_ONCE], operator=operator, now=now)


def receive_initial(
    quantities: Mapping[int, int], *, unit_costs_fen: Mapping[int, int], operator: str, now: datetime
) -> None:
    """Book the first stock of new SKUs, SKU id → units (> 0), at the cost that is known of them."""
    ids = sorted(quantities)
    for start in range(0, len(ids), _AT_ONCE):
        inventory.receive(
            quantities={sku_id: quantities[sku_id] for sku_id in ids[start : start + _AT_ONCE]},
            reference=INITIAL_STOCK,
            reason="initial stock from a catalogue sheet",
            operator=operator,
            now=now,
            unit_costs_fen=unit_costs_fen,
        )

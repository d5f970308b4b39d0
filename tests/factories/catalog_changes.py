"""What staff may do to a product while it lies in somebody's cart or stands on an order."""

from __future__ import annotations

from backend.catalog.domain.facts import ProductFacts
from backend.catalog.wiring import services
from kit.domain.clock import utc_now
from tests.factories.catalog import OPERATOR, ProductFixture, sku_line


def rewrite(product: ProductFixture, *, price_fen: int = 1000, title: str | None = None, drop: int = 0) -> None:
    """New price of every SKU and a new title; the last `drop` SKUs are archived."""
    known = services().query.product(product.product_id)
    facts = ProductFacts(category_id=known["category_id"], title=title or known["title"], unit=known["unit"])
    kept = product.sku_ids[: len(product.sku_ids) - drop]
    lines = [
        sku_line(f"款式{number}", price_fen=price_fen, sku_id=sku_id) for number, sku_id in enumerate(kept, start=1)
    ]
    services().editing.edit(
        product.product_id, facts, lines, version=known["version"], operator=OPERATOR, now=utc_now()
    )


def take_off_sale(product: ProductFixture) -> None:
    """Nobody can buy it any more."""
    services().selling.take_off_sale(product.product_id, now=utc_now())
